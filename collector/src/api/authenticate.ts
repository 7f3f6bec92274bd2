import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ConsoleSessions, csrfHeader, sessionCookie } from './console-session.ts';
import { type GrafanaIdentity, grafanaIdentityHeader } from './grafana-identity.ts';
import type { Caller } from './identity.ts';
import { ApiProblem } from './problem.ts';
import { RateLimit } from './rate-limit.ts';
import { lowerRole, mayActAs, type Role } from './role.ts';
import { hasExpired, type TokenRecord, verifyToken } from './token.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may call the route; 'anyone' needs no sign-in. Every route says it. */
    role?: Role | 'anyone';
  }
  interface FastifyRequest {
    caller: Caller | null;
  }
}

export type Authentication = {
  readonly findToken: (id: string) => TokenRecord | undefined;
  readonly sessions: ConsoleSessions;
  readonly grafana: GrafanaIdentity | null;
  readonly now: () => number;
  readonly requestsPerSecond: number;
  /** A role that the way the request came in asks for as well; null: none. */
  readonly alsoNeeded?: (request: FastifyRequest) => Role | null;
};

const failuresPerMinute = 30;

/** Decides for every route who is asking and whether they may, before the body is read. */
export function authenticate(app: FastifyInstance, using: Authentication): void {
  const failures = new RateLimit(failuresPerMinute / 60, failuresPerMinute);
  const requests = new RateLimit(using.requestsPerSecond, using.requestsPerSecond * 10);
  app.decorateRequest('caller', null);

  app.addHook('onRoute', (route) => {
    if (route.config?.role === undefined) throw new Error(`route ${route.url} does not say who may call it`);
  });

  app.addHook('onRequest', async (request) => {
    const needed = request.routeOptions.config.role;
    // Undefined only where no route was found; the answer is 404 and tells nothing.
    if (needed === undefined || needed === 'anyone') return;
    const now = using.now();
    if (failures.isSpent(request.ip, now)) {
      throw new ApiProblem('too-many', 'Too many failed sign-ins from this address; wait a minute.', {
        retryAfterSeconds: 60,
      });
    }
    let caller: Caller;
    try {
      caller = await identify(request, using);
    } catch (cause) {
      if (cause instanceof ApiProblem && cause.kind === 'unauthenticated' && carriesCredentials(request)) {
        failures.take(request.ip, now);
      }
      throw cause;
    }
    request.caller = caller;
    for (const role of [needed, using.alsoNeeded?.(request) ?? needed]) {
      if (!mayActAs(caller.role, role)) {
        throw new ApiProblem('forbidden', `This needs the role ${role}; ${caller.name} has ${caller.role}.`);
      }
    }
    const wait = requests.take(`${caller.token} ${caller.name}`, now);
    if (wait > 0) {
      throw new ApiProblem('too-many', `${caller.name} asks too often; wait ${wait} s.`, {
        retryAfterSeconds: wait,
      });
    }
  });
}

/** The caller of a route that needed a sign-in. */
export function callerOf(request: FastifyRequest): Caller {
  if (!request.caller) throw new Error(`route ${request.routeOptions.url ?? ''} has no caller`);
  return request.caller;
}

async function identify(request: FastifyRequest, using: Authentication): Promise<Caller> {
  const bearer = bearerOf(request);
  if (bearer !== null) return identifyByToken(request, bearer, using);
  const cookie = request.cookies[sessionCookie];
  if (cookie !== undefined) return identifyBySession(request, cookie, using);
  throw new ApiProblem(
    'unauthenticated',
    'Send a token as "Authorization: Bearer ..."; "evenkeel token create" makes one.',
  );
}

async function identifyByToken(
  request: FastifyRequest,
  bearer: string,
  using: Authentication,
): Promise<Caller> {
  const record = verifyToken(bearer, using.findToken, using.now());
  if (!record) throw new ApiProblem('unauthenticated', 'This token is not known here, or it has expired.');
  const signed = request.headers[grafanaIdentityHeader];
  if (using.grafana && typeof signed === 'string') {
    return identifyByGrafana(request, record, using.grafana, signed, using.now());
  }
  if (record.forGrafana && changes(request)) {
    throw new ApiProblem(
      'forbidden',
      "This token acts only for users whose identity Grafana signed: switch on Grafana's id forwarding and name " +
        "Grafana's address in the collector's configuration.",
    );
  }
  return { name: record.name, role: record.role, via: 'token', token: record.id, address: request.ip };
}

async function identifyByGrafana(
  request: FastifyRequest,
  record: TokenRecord,
  grafana: GrafanaIdentity,
  signed: string,
  now: number,
): Promise<Caller> {
  let user;
  try {
    user = await grafana.verify(signed, now);
  } catch (cause) {
    request.log.warn({ err: cause }, 'an identity from Grafana was refused');
    throw new ApiProblem('unauthenticated', 'The identity that Grafana sent is not valid.', { cause });
  }
  if (user.role === 'none') {
    throw new ApiProblem('forbidden', `The Grafana role of ${user.name} may do nothing here.`);
  }
  // A user never gets more than the token that Grafana itself was given.
  const role = user.role === 'unstated' ? record.role : lowerRole(record.role, user.role);
  return { name: user.name, role, via: 'grafana', token: record.id, address: request.ip };
}

function identifyBySession(request: FastifyRequest, cookie: string, using: Authentication): Caller {
  const now = using.now();
  const session = using.sessions.read(cookie, now);
  const record = session ? using.findToken(session.token) : undefined;
  if (!session || !record || hasExpired(record, now)) {
    throw new ApiProblem('unauthenticated', 'The session has ended; sign in again.');
  }
  if (changes(request) && !using.sessions.allows(session, request.headers[csrfHeader])) {
    throw new ApiProblem('forbidden', `Requests that change something need the header ${csrfHeader}.`);
  }
  return { name: record.name, role: record.role, via: 'session', token: record.id, address: request.ip };
}

const bearerOf = (request: FastifyRequest): string | null =>
  /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? null;

const carriesCredentials = (request: FastifyRequest): boolean =>
  request.headers.authorization !== undefined || request.cookies[sessionCookie] !== undefined;

const changes = (request: FastifyRequest): boolean =>
  !['GET', 'HEAD', 'OPTIONS'].includes(request.method) && request.routeOptions.config.role !== 'viewer';
