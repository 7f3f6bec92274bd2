import { Value } from 'typebox/value';
import { Policy } from './policy.ts';

/** Fills every field that is not given with the policy's own default. */
export const withDefaults = (given: unknown): unknown => Value.Default(Policy, Value.Clone(given ?? {}));

export const defaultPolicy: Policy = Value.Parse(Policy, withDefaults({}));
