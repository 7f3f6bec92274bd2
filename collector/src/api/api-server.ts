import cookie from '@fastify/cookie';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify, { type FastifyInstance } from 'fastify';
import { randomUUID } from 'node:crypto';
import { recordInAudit } from './audit.ts';
import { authenticate } from './authenticate.ts';
import { compressAnswers } from './compress.ts';
import { type ConsoleFolders, findConsole, serveConsole } from './console.ts';
import { ConsoleSessions } from './console-session.ts';
import { FleetReader } from './fleet-reader.ts';
import type { GrafanaIdentity } from './grafana-identity.ts';
import { describeApi } from './openapi.ts';
import { PluginProxy } from './plugin-proxy.ts';
import { handleProblems, sendProblem } from './problem-handler.ts';
import { ApiProblem } from './problem.ts';
import { drainRoutes } from './routes/drains.ts';
import { eventRoutes } from './routes/events.ts';
import { findingRoutes } from './routes/findings.ts';
import { forecastRoutes } from './routes/forecasts.ts';
import { healthRoutes } from './routes/health.ts';
import { hostRoutes } from './routes/hosts.ts';
import { migrationRoutes } from './routes/migrations.ts';
import { policyRoutes } from './routes/policy.ts';
import { recommendationRoutes } from './routes/recommendations.ts';
import type { RouteContext, RouteSet } from './routes/route-set.ts';
import { sessionRoutes } from './routes/session.ts';
import { summaryRoutes } from './routes/summary.ts';
import { vmRoutes } from './routes/vms.ts';
import type { Services } from './services.ts';
import type { TokenRecord } from './token.ts';
import { validate } from './validate.ts';

export type ApiOptions = {
  readonly findToken: (id: string) => TokenRecord | undefined;
  /** Signs console sessions; at least 32 random bytes. */
  readonly sessionKey: Buffer;
  readonly grafana?: GrafanaIdentity | null;
  /** Where the console's builds are; without them there is the API alone. */
  readonly console?: ConsoleFolders;
  readonly tls?: { readonly key: Buffer; readonly cert: Buffer };
  /** Where failures of requests are told, as lines of JSON. */
  readonly log?: { write(line: string): void };
  readonly requestsPerSecond?: number;
  readonly connectionsMax?: number;
  readonly eventClientsMax?: number;
  readonly now?: () => number;
};

const bodyBytesMax = 256 * 1024;

const routeSets: readonly RouteSet[] = [
  summaryRoutes,
  hostRoutes,
  vmRoutes,
  findingRoutes,
  forecastRoutes,
  recommendationRoutes,
  migrationRoutes,
  drainRoutes,
  policyRoutes,
  sessionRoutes,
  eventRoutes,
];

/** The HTTP API over the given services; not listening yet. */
export async function createApi(services: Services, options: ApiOptions): Promise<FastifyInstance> {
  const now = options.now ?? Date.now;
  const found = options.console === undefined ? null : findConsole(options.console);
  const proxy = new PluginProxy(found?.app.id ?? '', found?.app.routes ?? []);
  const app = Fastify({
    rewriteUrl: (request) => proxy.rewrite(request),
    logger: options.log ? { level: 'warn', stream: options.log } : false,
    ...(options.tls ? { https: options.tls } : {}),
    // A path that cannot be read never reaches a route.
    frameworkErrors: (error, request, reply) => {
      sendProblem(request, reply, new ApiProblem('bad-request', `${error.message}.`));
    },
    bodyLimit: bodyBytesMax,
    requestTimeout: 30_000,
    connectionTimeout: 0,
    forceCloseConnections: true,
    genReqId: () => randomUUID(),
    routerOptions: { maxParamLength: 300 },
    // Event streams stay open; what may wait is bounded by Node's own header and request timeouts.
    keepAliveTimeout: 65_000,
  });
  app.server.maxConnections = options.connectionsMax ?? 2000;

  app.removeContentTypeParser('text/plain');
  app.setValidatorCompiler(validate);
  // The schemas of answers describe; checking each of 50,000 VMs against them on the way out would cost seconds.
  app.setSerializerCompiler(() => JSON.stringify);
  handleProblems(app);
  await app.register(cookie);

  const context: RouteContext = {
    services,
    reader: new FleetReader(services),
    sessions: new ConsoleSessions(options.sessionKey),
    findToken: options.findToken,
    secureCookies: options.tls !== undefined,
    eventClientsMax: options.eventClientsMax ?? 500,
    now,
  };
  authenticate(app, {
    ...context,
    grafana: options.grafana ?? null,
    requestsPerSecond: options.requestsPerSecond ?? 100,
    alsoNeeded: (request) => proxy.neededFor(request.raw),
  });
  recordInAudit(app, services.audit, now);
  app.addHook('onSend', async (_request, reply, payload) => {
    if (!reply.hasHeader('cache-control')) void reply.header('cache-control', 'no-store');
    void reply.header('x-content-type-options', 'nosniff');
    return Promise.resolve(payload);
  });
  compressAnswers(app);

  await describeApi(app, services.info.version);
  const typed = app.withTypeProvider<TypeBoxTypeProvider>();
  healthRoutes(typed, context);
  await app.register(
    (scope, _options, done) => {
      for (const routes of routeSets) routes(scope.withTypeProvider<TypeBoxTypeProvider>(), context);
      done();
    },
    { prefix: '/api/v1' },
  );
  if (found !== null && options.console !== undefined) await serveConsole(app, options.console);
  return app;
}
