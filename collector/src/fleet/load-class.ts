import { Type, type Static } from 'typebox';

export const loadClasses = ['low', 'medium', 'high'] as const;
export const LoadClass = Type.Enum(loadClasses);
export type LoadClass = Static<typeof LoadClass>;
