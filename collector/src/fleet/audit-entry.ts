import { Type, type Static } from 'typebox';
import { orUnknown } from './load.ts';

export const AuditEntry = Type.Object(
  {
    at: Type.Integer(),
    who: Type.String({ description: 'the acting user, or "nobody" when the request was not signed in' }),
    role: Type.String(),
    via: Type.String({ description: 'token, session, grafana, autopilot' }),
    address: Type.String({ description: 'where the request came from' }),
    action: Type.String({ description: 'e.g. "migration.request"' }),
    subject: Type.String({ description: 'what it was about' }),
    reason: orUnknown(Type.String()),
    outcome: Type.Enum(['done', 'refused', 'failed']),
    detail: Type.String({ description: 'one sentence' }),
    request: Type.String({ description: 'id of the request, as the log has it' }),
  },
  { description: 'One line of the append-only audit log' },
);
export type AuditEntry = Static<typeof AuditEntry>;

export const AuditQuery = Type.Object({
  from: Type.Optional(Type.Integer()),
  to: Type.Optional(Type.Integer()),
  who: Type.Optional(Type.String()),
  limit: Type.Integer({ minimum: 1, maximum: 1000, default: 100 }),
  offset: Type.Integer({ minimum: 0, default: 0 }),
});
export type AuditQuery = Static<typeof AuditQuery>;
