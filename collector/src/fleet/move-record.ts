import { Type, type Static } from 'typebox';

/** A move that was really made: cool-downs and cycle detection look at these. */
export const MoveRecord = Type.Object({
  uuid: Type.String(),
  from: Type.String(),
  to: Type.String(),
  at: Type.Integer(),
});
export type MoveRecord = Static<typeof MoveRecord>;

/** A host that was switched on or off. */
export const PowerRecord = Type.Object({
  host: Type.String(),
  action: Type.Enum(['switch-on', 'switch-off']),
  at: Type.Integer(),
});
export type PowerRecord = Static<typeof PowerRecord>;
