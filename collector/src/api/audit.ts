import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { AuditEntry } from '../fleet/audit-entry.ts';
import type { AuditService } from './services.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The action's name in the audit log; every route that changes something has one. */
    audit?: string;
  }
}

/** Records, before the answer leaves, every request that would change something: done, refused or failed. */
export function recordInAudit(app: FastifyInstance, audit: AuditService, now: () => number): void {
  app.addHook('onSend', async (request, reply, payload) => {
    const { audit: action } = request.routeOptions.config;
    if (action === undefined) return payload;
    // Nobody in particular knocking at the door is for the log; a bad token is limited, and is recorded.
    if (!request.caller && request.headers.authorization === undefined) return payload;
    const caller = request.caller;
    await audit.append({
      at: now(),
      who: caller?.name ?? 'nobody',
      role: caller?.role ?? 'none',
      via: caller?.via ?? 'none',
      address: request.ip,
      action,
      subject: subjectOf(request),
      reason: reasonOf(request.body),
      outcome: outcomeOf(reply.statusCode),
      detail: detailOf(reply.statusCode, payload),
      request: request.id,
    });
    return payload;
  });
}

const outcomeOf = (status: number): AuditEntry['outcome'] =>
  status < 400 ? 'done' : status < 500 ? 'refused' : 'failed';

/** What the request is about: named in the path, or else in the body. */
function subjectOf(request: FastifyRequest): string {
  const named = Object.values((request.params ?? {}) as Record<string, string>).join(' ');
  if (named !== '') return named;
  const body = (request.body ?? {}) as Readonly<Record<string, unknown>>;
  const told = ['uuid', 'host', 'recommendation', 'to'].flatMap((field) => {
    const value = body[field];
    return typeof value === 'string' ? [`${field} ${value}`] : [];
  });
  return told.length > 0 ? told.join(', ') : (request.routeOptions.url ?? '');
}

function reasonOf(body: unknown): string | null {
  const reason = typeof body === 'object' && body !== null && 'reason' in body ? body.reason : null;
  return typeof reason === 'string' ? reason : null;
}

function detailOf(status: number, payload: unknown): string {
  const answer = (typeof payload === 'string' && payload !== '' ? JSON.parse(payload) : {}) as {
    readonly detail?: unknown;
    readonly id?: unknown;
  } | null;
  if (status >= 400 && typeof answer?.detail === 'string') return answer.detail;
  return typeof answer?.id === 'string' ? `accepted as ${answer.id}` : `answered ${status}`;
}
