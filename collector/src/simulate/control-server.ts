import { createServer, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Type, type Static } from 'typebox';
import { Value } from 'typebox/value';
import type { SimulatedFleet } from './simulated-fleet.ts';

const host = Type.String({ minLength: 1 });
const vm = Type.String({ minLength: 1, description: 'uuid or name' });
const share = Type.Optional(Type.Number({ minimum: 0, maximum: 1 }));
const rate = Type.Optional(Type.Number({ minimum: 0 }));
const strict = { additionalProperties: false };

/** What may be done to a simulated fleet while it runs. */
export const FleetOrder = Type.Union([
  Type.Object({ order: Type.Enum(['hang-host', 'wake-host', 'kill-host', 'revive-host']), host }, strict),
  Type.Object(
    {
      order: Type.Enum(['crash-vm', 'stop-vm', 'start-vm', 'pause-vm', 'resume-vm', 'fail-migration']),
      vm,
    },
    strict,
  ),
  Type.Object(
    {
      order: Type.Literal('load-vm'),
      vm,
      seconds: Type.Number({ exclusiveMinimum: 0 }),
      cpu: share,
      mem: share,
      pageWritesPerSecond: rate,
      txBytesPerSecond: rate,
      readBytesPerSecond: rate,
      riseSeconds: Type.Optional(
        Type.Number({ minimum: 0, description: 'it rises to that evenly over this time (default: at once)' }),
      ),
    },
    strict,
  ),
  Type.Object(
    { order: Type.Literal('link-speed'), host, bitsPerSecond: Type.Number({ exclusiveMinimum: 0 }) },
    strict,
  ),
]);
export type FleetOrder = Static<typeof FleetOrder>;

export async function carryOut(simulated: SimulatedFleet, order: FleetOrder): Promise<void> {
  const { fleet } = simulated;
  if ('host' in order) {
    const server = simulated.server(order.host);
    if (order.order === 'link-speed') server.host.nicBitsPerSecond = order.bitsPerSecond;
    else if (order.order === 'hang-host') server.hang();
    else if (order.order === 'wake-host') server.wake();
    else if (order.order === 'kill-host') server.die();
    else await server.revive();
    return;
  }
  const found = fleet.locate(order.vm);
  if (order.order === 'load-vm') {
    const { cpu, mem, pageWritesPerSecond, txBytesPerSecond, readBytesPerSecond } = order;
    const wish = Object.entries({ cpu, mem, pageWritesPerSecond, txBytesPerSecond, readBytesPerSecond });
    const demand = Object.fromEntries(wish.filter(([, value]) => value !== undefined));
    fleet.load(found.vm, demand, order.seconds, order.riseSeconds);
  } else if (order.order === 'fail-migration') fleet.failMigration(found.vm);
  else if (order.order === 'crash-vm') fleet.crash(found.vm, found.host);
  else if (order.order === 'stop-vm') fleet.stop(found.vm, found.host);
  else if (order.order === 'start-vm') fleet.start(found.vm, found.host);
  else if (order.order === 'pause-vm') fleet.pause(found.vm, found.host);
  else fleet.resume(found.vm, found.host);
}

export type ControlServer = { readonly url: string; readonly close: () => void };

/** Takes orders as `POST /` with JSON, on loopback only; `GET /` says where each host listens. */
export async function startControlServer(simulated: SimulatedFleet, port = 0): Promise<ControlServer> {
  const server = createServer((request, response) => {
    const answer = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    if (request.method === 'GET') {
      answer(200, Object.fromEntries(simulated.uris()));
      return;
    }
    readOrder(request)
      .then((order) => carryOut(simulated, order))
      .then(
        () => {
          answer(200, { done: true });
        },
        (cause: unknown) => {
          answer(400, { error: cause instanceof Error ? cause.message : String(cause) });
        },
      );
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const { port: given } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${given}/`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

const orderBytesMax = 65_536;

async function readOrder(request: IncomingMessage): Promise<FleetOrder> {
  let text = '';
  for await (const chunk of request as AsyncIterable<Buffer>) {
    text += chunk.toString();
    if (text.length > orderBytesMax) throw new Error('an order is at most 64 KiB');
  }
  const order: unknown = JSON.parse(text);
  if (Value.Check(FleetOrder, order)) return order;
  throw new Error('this is no order; see FleetOrder in control-server.ts');
}
