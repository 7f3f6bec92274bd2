import { Type, type Static } from 'typebox';
import type { Actor } from '../fleet/actor.ts';
import { Role } from './role.ts';

export const Identity = Type.Object(
  {
    name: Type.String({ description: 'the person or program, as the audit log names it' }),
    role: Role,
    via: Type.Enum(['token', 'session', 'grafana'], {
      description: 'a bearer token, a console login, or a user whose signed identity Grafana passed on',
    }),
    token: Type.String({ description: 'id of the token behind it; never the token itself' }),
  },
  { description: 'Who is asking' },
);
export type Identity = Static<typeof Identity>;

/** Who asks and from which address: the acting user of whatever the request does. */
export type Caller = Identity & Actor;
