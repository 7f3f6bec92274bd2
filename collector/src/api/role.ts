import { Type, type Static } from 'typebox';

/** Each role may do what those before it may: viewers see, operators act on VMs, admins also decide requests and set the policy. */
export const roles = ['viewer', 'operator', 'admin'] as const;
export const Role = Type.Enum(roles);
export type Role = Static<typeof Role>;

export const mayActAs = (role: Role, needed: Role): boolean => roles.indexOf(role) >= roles.indexOf(needed);

export const lowerRole = (a: Role, b: Role): Role => (mayActAs(a, b) ? b : a);
