import { Type } from 'typebox';
import { AuditEntry, AuditQuery } from '../../fleet/audit-entry.ts';
import { callerOf } from '../authenticate.ts';
import { csrfHeader, sessionCookie } from '../console-session.ts';
import { Identity } from '../identity.ts';
import { ApiProblem } from '../problem.ts';
import { verifyToken } from '../token.ts';
import type { RouteSet } from './route-set.ts';

const Me = Type.Object(
  {
    ...Identity.properties,
    csrf: Type.Union([Type.String(), Type.Null()], {
      description: `for a console session: what to send as ${csrfHeader} with every request that changes something`,
    }),
  },
  { description: 'Who is asking' },
);

export const sessionRoutes: RouteSet = (app, { services, sessions, findToken, secureCookies, now }) => {
  const cookie = { path: '/', httpOnly: true, sameSite: 'strict', secure: secureCookies } as const;

  app.get(
    '/me',
    {
      config: { role: 'viewer' },
      schema: { tags: ['sign-in'], summary: 'Who is asking, and what they may do', response: { 200: Me } },
    },
    (request) => {
      const { name, role, via, token } = callerOf(request);
      const given = request.cookies[sessionCookie];
      const session = via === 'session' && given !== undefined ? sessions.read(given, now()) : null;
      return { name, role, via, token, csrf: session?.csrf ?? null };
    },
  );

  app.post(
    '/session',
    {
      config: { role: 'anyone', signIn: true },
      schema: {
        tags: ['sign-in'],
        summary: 'Sign in to the console with a token; sets an http-only cookie',
        security: [],
        body: Type.Object(
          { token: Type.String({ minLength: 1, maxLength: 200 }) },
          { additionalProperties: false },
        ),
        response: { 200: Me },
      },
    },
    async (request, reply) => {
      const record = verifyToken(request.body.token.trim(), findToken, now());
      if (!record || record.forGrafana) {
        throw new ApiProblem('unauthenticated', 'This token is not known here, or it has expired.');
      }
      const { cookie: value, session } = sessions.open(record.id, now());
      return reply
        .setCookie(sessionCookie, value, { ...cookie, expires: new Date(session.expiresAt) })
        .send({ name: record.name, role: record.role, via: 'session', token: record.id, csrf: session.csrf });
    },
  );

  app.delete(
    '/session',
    {
      config: { role: 'anyone' },
      schema: {
        tags: ['sign-in'],
        summary: 'Sign out of the console',
        security: [],
        response: { 204: Type.Null() },
      },
    },
    async (_request, reply) => reply.clearCookie(sessionCookie, cookie).code(204).send(null),
  );

  app.get(
    '/audit',
    {
      config: { role: 'admin' },
      schema: {
        tags: ['audit'],
        summary: 'Who asked for what and what came of it, the newest first',
        querystring: Type.Object(AuditQuery.properties, { additionalProperties: false }),
        response: { 200: Type.Object({ items: Type.Array(AuditEntry) }) },
      },
    },
    async ({ query }) => ({ items: [...(await services.audit.list(query))] }),
  );
};
