import { Type } from 'typebox';
import { MigrationQuery, MigrationRequest, MigrationTuning } from '../../fleet/migration-request.ts';
import { Migration } from '../../fleet/migration.ts';
import { Preflight } from '../../fleet/preflight.ts';
import { callerOf } from '../authenticate.ts';
import { ForecastRecord } from '../forecast-record.ts';
import { idempotencyKeyOf } from '../idempotency-key.ts';
import { pageOf } from '../page.ts';
import { ApiProblem } from '../problem.ts';
import type { RouteSet } from './route-set.ts';

const MigrationId = Type.Object({ id: Type.String({ maxLength: 100 }) });
const Reason = Type.Object(
  { reason: Type.Optional(Type.String({ maxLength: 500 })) },
  { additionalProperties: false },
);

export const migrationRoutes: RouteSet = (app, { services: { migrations } }) => {
  app.get(
    '/migrations',
    {
      config: { role: 'viewer' },
      schema: {
        tags: ['migrations'],
        summary: 'Migrations, the newest first',
        querystring: Type.Object(MigrationQuery.properties, { additionalProperties: false }),
        response: { 200: pageOf(Migration) },
      },
    },
    async ({ query }) => {
      const { total, items } = await migrations.list(query);
      return { total, offset: query.offset, items: [...items] };
    },
  );

  app.get(
    '/migrations/:id',
    {
      config: { role: 'viewer' },
      schema: {
        tags: ['migrations'],
        summary: 'One migration, with its progress, and its facts once it has ended',
        params: MigrationId,
        response: { 200: Migration },
      },
    },
    async ({ params }) => {
      const found = await migrations.get(params.id);
      if (!found) throw new ApiProblem('not-found', `There is no migration "${params.id}".`);
      return found;
    },
  );

  app.post(
    '/migrations/preflight',
    {
      config: { role: 'viewer' },
      schema: {
        tags: ['migrations'],
        summary: 'A dry run: every check, and the forecast; changes nothing',
        body: MigrationRequest,
        response: { 200: Preflight },
      },
    },
    (request) => migrations.preflight(request.body, callerOf(request)),
  );

  app.post(
    '/migrations',
    {
      config: { role: 'operator', audit: 'migration.request' },
      schema: {
        tags: ['migrations'],
        summary: 'Move a VM, live. With an Idempotency-Key header, twice is once',
        body: MigrationRequest,
        response: { 202: Migration },
      },
    },
    async (request, reply) => {
      const migration = await migrations.request(request.body, callerOf(request), idempotencyKeyOf(request));
      return reply.code(202).header('location', `/api/v1/migrations/${migration.id}`).send(migration);
    },
  );

  app.post(
    '/migrations/requests',
    {
      config: { role: 'operator', audit: 'migration.ask' },
      schema: {
        tags: ['migrations'],
        summary: 'Ask for a VM to be moved: nothing is done until an admin approves it',
        body: MigrationRequest,
        response: { 202: Migration },
      },
    },
    async (request, reply) => {
      const migration = await migrations.requestApproval(
        request.body,
        callerOf(request),
        idempotencyKeyOf(request),
      );
      return reply.code(202).header('location', `/api/v1/migrations/${migration.id}`).send(migration);
    },
  );

  app.post(
    '/migrations/:id/approve',
    {
      config: { role: 'admin', audit: 'migration.approve' },
      schema: {
        tags: ['migrations'],
        summary: 'Let a move that was asked for begin; checked afresh, and refused when it is overtaken',
        params: MigrationId,
        body: Reason,
        response: { 202: Migration },
      },
    },
    async (request, reply) =>
      reply.code(202).send(await migrations.approve(request.params.id, callerOf(request))),
  );

  app.post(
    '/migrations/:id/reject',
    {
      config: { role: 'admin', audit: 'migration.reject' },
      schema: {
        tags: ['migrations'],
        summary: 'Turn down a move that was asked for',
        params: MigrationId,
        body: Type.Object(
          { reason: Type.String({ minLength: 1, maxLength: 500 }) },
          { additionalProperties: false },
        ),
        response: { 202: Migration },
      },
    },
    async (request, reply) =>
      reply
        .code(202)
        .send(await migrations.reject(request.params.id, request.body.reason, callerOf(request))),
  );

  app.post(
    '/migrations/:id/abort',
    {
      config: { role: 'operator', audit: 'migration.abort' },
      schema: {
        tags: ['migrations'],
        summary: 'Stop a migration; the VM stays where it was',
        params: MigrationId,
        body: Reason,
        response: { 202: Migration },
      },
    },
    async (request, reply) =>
      reply
        .code(202)
        .send(await migrations.abort(request.params.id, request.body.reason ?? null, callerOf(request))),
  );

  app.post(
    '/migrations/:id/tune',
    {
      config: { role: 'operator', audit: 'migration.tune' },
      schema: {
        tags: ['migrations'],
        summary: 'Change a migration under way: bandwidth, downtime, switch to post-copy',
        params: MigrationId,
        body: MigrationTuning,
        response: { 202: Migration },
      },
    },
    async (request, reply) =>
      reply.code(202).send(await migrations.tune(request.params.id, request.body, callerOf(request))),
  );

  app.get(
    '/forecast-record',
    {
      config: { role: 'viewer' },
      schema: {
        tags: ['migrations'],
        summary: 'How right the migration forecasts were, the newest first, and what was learned from them',
        querystring: Type.Object(
          { limit: Type.Integer({ minimum: 1, maximum: 1000, default: 100 }) },
          { additionalProperties: false },
        ),
        response: { 200: ForecastRecord },
      },
    },
    async ({ query }) => {
      const record = await migrations.forecastRecord(query.limit);
      return { ...record, scored: [...record.scored] };
    },
  );
};
