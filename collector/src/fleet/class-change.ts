import { Type, type Static } from 'typebox';
import { Dimension } from './load.ts';
import { LoadClass } from './load-class.ts';

export const ClassChange = Type.Object(
  {
    uuid: Type.String(),
    vm: Type.String(),
    host: Type.String(),
    dimension: Dimension,
    from: LoadClass,
    to: LoadClass,
    at: Type.Integer({ description: 'when this was predicted' }),
    when: Type.Integer({ description: 'the likeliest moment of the change, milliseconds since 1970' }),
    probability: Type.Number({ minimum: 0, maximum: 1, description: 'calibrated, within the horizon' }),
    announced: Type.Boolean({ description: "at or above the policy's operating point" }),
  },
  { description: 'A VM about to change class, told before the boundary is reached' },
);
export type ClassChange = Static<typeof ClassChange>;
