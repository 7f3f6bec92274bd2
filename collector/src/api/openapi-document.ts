import { createApi } from './api-server.ts';
import { EventHub } from './event-hub.ts';
import type { Services } from './services.ts';

/** The API's description alone: routes are registered, nothing is served. */
export async function openapiDocument(version: string): Promise<object> {
  const nothing = new Proxy({}, { get: () => undefined }) as Omit<Services, 'info' | 'events'>;
  const services: Services = {
    ...nothing,
    fleet: nothing.fleet,
    advice: nothing.advice,
    migrations: nothing.migrations,
    drains: nothing.drains,
    policy: nothing.policy,
    audit: nothing.audit,
    health: nothing.health,
    info: { version, fleet: '', startedAt: 0, simulated: false, telemetry: () => 'embedded' },
    events: new EventHub('0'),
  };
  const app = await createApi(services, { findToken: () => undefined, sessionKey: Buffer.alloc(32) });
  await app.ready();
  return app.swagger();
}
