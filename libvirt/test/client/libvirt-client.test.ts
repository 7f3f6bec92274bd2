import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  type AnyEvent,
  authList,
  authSaslInit,
  type ClientOptions,
  connectGetAllDomainStats,
  connectGetHostname,
  connectionClosedEvent,
  connectRegisterCloseCallback,
  domainBalloonChangeEvent,
  domainGetJobStats,
  domainJobCompletedEvent,
  domainLifecycleEvent,
  DomainStats,
  type EventStream,
  LibvirtClient,
  LibvirtError,
  MigrateFlag,
  domainMigratePerform3,
  domainMigratePerform3Params,
  nodeGetCpuStats,
  nodeGetMemoryStats,
  typedParameter,
} from '../../src/index.ts';
import { RemoteFailure } from '../../src/server.ts';
import { FakeHost } from './fake-host.ts';

const timeout = 10_000;
const dom = { name: 'web', uuid: '77000000-0000-4000-9000-000000000011', id: 3 };

function connect(host: FakeHost, options: ClientOptions = {}): Promise<LibvirtClient> {
  return LibvirtClient.connect('qemu:///system', {
    transport: host.transport,
    reconnect: { firstMs: 1, maxMs: 4 },
    random: () => 0.5,
    ...options,
  });
}

async function next(events: EventStream<AnyEvent>): Promise<AnyEvent> {
  const { value } = await events.next();
  assert.ok(value, 'the stream has ended');
  return value;
}

describe('LibvirtClient', { timeout }, () => {
  test('opens in the order of libvirt, with the name of the URI', async () => {
    const host = new FakeHost();
    const client = await connect(host, { readOnly: true });
    assert.deepEqual({ ...host.opened }, { name: 'qemu:///system', flags: 1 });
    assert.equal(client.isConnected, true);
    client.close();
    await assert.rejects(client.call(connectGetHostname, undefined), /the client was closed/);
  });

  test('a host that lets nobody in fails the first attempt', async () => {
    const host = new FakeHost();
    host.down = true;
    await assert.rejects(connect(host), /the host is down/);
  });

  test('a host that is silent when opened is given up after its deadline', async () => {
    const host = new FakeHost();
    host.table.answer(authList, () => new Promise(() => undefined));
    await assert.rejects(connect(host, { openTimeoutMs: 20 }), (error) => {
      assert.ok(error instanceof LibvirtError && error.code === 'LV_TIMEOUT');
      assert.match(error.message, /did not let us in within 20 ms/);
      return true;
    });
  });

  describe('authentication', () => {
    for (const [what, prepare, code, words] of [
      [
        'an unknown type',
        (h: FakeHost) => h.table.answer(authList, () => ({ types: [9] })),
        'LV_AUTH_UNSUPPORTED',
        /unknown type 9/,
      ],
      [
        'a SASL mechanism that this client has not',
        (h: FakeHost) =>
          h.table
            .answer(authList, () => ({ types: [1] }))
            .answer(authSaslInit, () => ({ mechlist: 'GSSAPI,DIGEST-MD5' })),
        'LV_AUTH_UNSUPPORTED',
        /offers the SASL mechanisms "GSSAPI,DIGEST-MD5"; this client has SCRAM-SHA-256 only/,
      ],
      [
        'SASL without credentials',
        (h: FakeHost) =>
          h.table
            .answer(authList, () => ({ types: [1] }))
            .answer(authSaslInit, () => ({ mechlist: 'SCRAM-SHA-256' })),
        'LV_AUTH_FAILED',
        /user name and a password \(SASL\), none were given/,
      ],
    ] as const) {
      test(`${what} is named`, async () => {
        const host = new FakeHost();
        prepare(host);
        await assert.rejects(connect(host), (error) => {
          assert.ok(error instanceof LibvirtError && error.code === code, String(error));
          assert.match(error.message, words);
          return true;
        });
      });
    }

    test('polkit: the host asks about our user by itself', async () => {
      const { authPolkit } = await import('../../src/calls/auth-polkit.ts');
      const host = new FakeHost();
      let asked = 0;
      host.table
        .answer(authList, () => ({ types: [2] }))
        .answer(authPolkit, () => {
          asked += 1;
          return { complete: true };
        });
      (await connect(host)).close();
      assert.equal(asked, 1);
      host.table.answer(authPolkit, () => {
        throw new RemoteFailure(45, 'authentication failed: access denied by policy');
      });
      await assert.rejects(connect(host), (error) => {
        assert.ok(error instanceof LibvirtError && error.code === 'LV_AUTH_FAILED');
        assert.match(error.message, /the host refused us: authentication failed: access denied/);
        assert.equal(error.libvirt?.code, 45);
        return true;
      });
    });
  });

  describe('events', () => {
    test('each kind is registered once, decoded, and given to every listener', async () => {
      const host = new FakeHost();
      const client = await connect(host);
      const all = await client.events();
      const some = await client.events({ kinds: ['lifecycle'] });
      assert.deepEqual(
        [...host.registered].sort((a, b) => a - b),
        [0, 1, 13, 20, 21],
      );
      const [peer] = host.connections;
      peer!.send(domainLifecycleEvent, { callbackID: 100, msg: { dom, event: 2, detail: 1 } });
      peer!.send(domainBalloonChangeEvent, { callbackID: 113, msg: { dom, actual: 2n ** 60n } });
      peer!.send(domainJobCompletedEvent, {
        callbackID: 121,
        dom,
        params: [typedParameter('downtime', 4, 30n)],
      });
      const lifecycle = { kind: 'lifecycle', domain: dom, event: 2, detail: 1 };
      assert.deepEqual(await next(all), lifecycle);
      const balloon = await next(all);
      assert.equal(
        JSON.stringify(balloon),
        `{"kind":"balloon-change","domain":${JSON.stringify(dom)},"actual":"1152921504606846976"}`,
      );
      const job = await next(all);
      assert.ok(job.kind === 'job-completed' && job.stats.downtime === 30n && job.stats.type === 3);
      assert.deepEqual(await next(some), lifecycle);
      client.close();
      assert.equal((await all.next()).done, true);
    });

    test('what nobody listens to any more is deregistered', async () => {
      const host = new FakeHost();
      const client = await connect(host);
      const first = await client.events({ kinds: ['reboot', 'lifecycle'] });
      const second = await client.events({ kinds: ['lifecycle'] });
      first.close();
      while (host.deregistered.length < 1) await new Promise(setImmediate);
      assert.deepEqual(host.deregistered, [101]);
      second.close();
      while (host.deregistered.length < 2) await new Promise(setImmediate);
      assert.deepEqual(host.deregistered, [101, 100]);
      client.close();
    });

    test('a lost connection is told once, comes back, and events are registered again', async () => {
      const host = new FakeHost();
      const failures: number[] = [];
      const client = await connect(host, { onRetryFailed: (_error, nextInMs) => failures.push(nextInMs) });
      const events = await client.events({ kinds: ['lifecycle'] });
      host.down = true;
      host.connections[0]!.close();
      const lost = await next(events);
      assert.ok(lost.kind === 'disconnected' && lost.reason.code === 'LV_CLOSED');
      await assert.rejects(client.call(connectGetHostname, undefined), {
        code: 'LV_CLOSED',
        retryable: true,
      });
      while (failures.length < 4) await new Promise((resolve) => setTimeout(resolve, 1));
      assert.deepEqual(failures.slice(0, 4), [1.5, 3, 3, 3]);
      host.down = false;
      assert.deepEqual(await next(events), { kind: 'connected' });
      assert.deepEqual(host.registered, [0, 0]);
      host.connections
        .at(-1)!
        .send(domainLifecycleEvent, { callbackID: 100, msg: { dom, event: 5, detail: 0 } });
      assert.equal((await next(events)).kind, 'lifecycle');
      client.close();
    });

    test('a slow listener loses the oldest events, is told how many, and holds up nobody', async () => {
      const host = new FakeHost();
      host.table.answer(connectGetHostname, () => ({ hostname: 'h' }));
      const client = await connect(host);
      const slow = await client.events({ kinds: ['lifecycle'], limit: 10 });
      for (let event = 0; event < 100; event++) {
        host.connections[0]!.send(domainLifecycleEvent, { callbackID: 100, msg: { dom, event, detail: 0 } });
      }
      assert.deepEqual(await client.call(connectGetHostname, undefined), { hostname: 'h' });
      const first = await next(slow);
      assert.ok(first.kind === 'overflow');
      const second = await next(slow);
      assert.ok(second.kind === 'lifecycle' && second.event === first.dropped);
      client.close();
    });

    test('a malformed event ends the connection, an unknown one is passed over', async () => {
      const host = new FakeHost();
      host.table.answer(connectGetHostname, () => ({ hostname: 'h' }));
      const client = await connect(host);
      const events = await client.events({ kinds: ['lifecycle'] });
      const [peer] = host.connections;
      peer!.send(
        { ...domainLifecycleEvent, number: 320 },
        { callbackID: 1, msg: { dom, event: 1, detail: 1 } },
      );
      await client.call(connectGetHostname, undefined);
      peer!.send({ ...connectionClosedEvent, number: 318 }, { reason: 1 });
      const lost = await next(events);
      assert.ok(lost.kind === 'disconnected' && lost.reason.code === 'LV_PROTOCOL');
      client.close();
    });

    test('a daemon that lost its hypervisor driver counts as lost', async () => {
      const host = new FakeHost();
      host.features = [10, 15];
      host.table.answer(connectRegisterCloseCallback, () => undefined);
      const client = await connect(host);
      const events = await client.events({ kinds: ['lifecycle'] });
      host.connections[0]!.send(connectionClosedEvent, { reason: 1 });
      const lost = await next(events);
      assert.ok(lost.kind === 'disconnected');
      assert.match(lost.reason.message, /lost its own connection to the hypervisor: its end/);
      client.close();
    });

    test('a refused registration fails the subscription only', async () => {
      const host = new FakeHost();
      const { connectDomainEventCallbackRegisterAny } = await import('../../src/protocol.ts');
      host.table.answer(connectDomainEventCallbackRegisterAny, () => {
        throw new RemoteFailure(88, 'access denied');
      });
      const client = await connect(host);
      await assert.rejects(client.events({ kinds: ['reboot'] }), { code: 'LV_REMOTE' });
      assert.equal(client.isConnected, true);
      client.close();
    });
  });

  test('connects in the background to a host that is not there yet', async () => {
    const host = new FakeHost();
    host.down = true;
    const client = new LibvirtClient('qemu:///system', {
      transport: host.transport,
      reconnect: { firstMs: 1, maxMs: 1 },
      onRetryFailed: () => {
        host.down = false;
      },
    });
    const events = await client.events({ kinds: ['lifecycle'] });
    client.connectInBackground();
    assert.deepEqual(await next(events), { kind: 'connected' });
    assert.deepEqual(host.registered, [0]);
    client.close();
  });

  describe('domain statistics', () => {
    test('are always asked for with NOWAIT', async () => {
      const host = new FakeHost();
      let asked: unknown;
      host.table.answer(connectGetAllDomainStats, (args) => {
        asked = { ...args };
        return { retStats: [new DomainStats(dom)] };
      });
      const client = await connect(host);
      const [stats] = await client.domainStats({ groups: 3, domains: [dom], filter: 1, backing: true });
      assert.deepEqual(asked, { doms: [dom], stats: 3, flags: 0x60000001 });
      assert.deepEqual(stats?.domain, dom);
      await client.domainStats();
      assert.deepEqual(asked, { doms: [], stats: 0, flags: 0x20000000 });
      client.close();
    });

    test('are asked for again while a hung QEMU holds up the first question', async () => {
      const host = new FakeHost();
      let asked = 0;
      host.table.answer(connectGetAllDomainStats, () => {
        asked += 1;
        return asked === 1 ? new Promise(() => undefined) : { retStats: [new DomainStats(dom)] };
      });
      const client = await connect(host);
      const stats = await client.domainStats({ askAgainAfterMs: 5 });
      assert.equal(stats.length, 1);
      assert.equal(asked, 2);
      client.close();
    });

    test('fail with the reason of the first question when the second fails too', async () => {
      const host = new FakeHost();
      host.table.answer(connectGetAllDomainStats, () => new Promise(() => undefined));
      const client = await connect(host);
      await assert.rejects(client.domainStats({ askAgainAfterMs: 2, timeoutMs: 20 }), { code: 'LV_TIMEOUT' });
      client.close();
    });
  });

  test('figures of the host', async () => {
    const host = new FakeHost();
    const cpu = [
      { field: 'kernel', value: 1n },
      { field: 'idle', value: 2n },
    ];
    host.table
      .answer(nodeGetCpuStats, ({ nparams }) => ({ params: nparams === 2 ? cpu : [], nparams: 2 }))
      .answer(nodeGetMemoryStats, () => ({ params: [{ field: 'total', value: 2n ** 60n }], nparams: 1 }));
    const client = await connect(host);
    assert.deepEqual(
      { ...(await client.nodeCpuStats()) },
      { kernel: 1n, user: undefined, idle: 2n, iowait: undefined, intr: undefined },
    );
    assert.equal(JSON.stringify(await client.nodeMemoryStats()), '{"total":"1152921504606846976"}');
    client.close();
  });

  test('job figures', async () => {
    const host = new FakeHost();
    const asked: number[] = [];
    host.table.answer(domainGetJobStats, ({ flags }) => {
      asked.push(flags);
      return {
        type: 2,
        params: [typedParameter('memory_remaining', 4, 5n), typedParameter('new_field', 1, 7)],
      };
    });
    const client = await connect(host);
    const stats = await client.jobStats(dom);
    assert.equal(stats.memoryRemaining, 5n);
    assert.deepEqual(stats.other, [typedParameter('new_field', 1, 7)]);
    await client.completedJobStats(dom);
    await client.completedJobStats(dom, true);
    assert.deepEqual(asked, [0, 1, 3]);
    client.close();
  });

  describe('migration', () => {
    const options = {
      destination: 'qemu+tls://other/system',
      flags: MigrateFlag.live,
      bandwidth: 100n,
      migrateDisks: ['vda', 'vdb'],
      destinationName: 'web2',
    };

    test('goes over a connection of its own, peer to peer', async () => {
      const host = new FakeHost();
      host.features = [13];
      let asked: unknown;
      host.table.answer(domainMigratePerform3Params, (args) => {
        asked = args;
        return { cookieOut: Buffer.alloc(0) };
      });
      const client = await connect(host);
      await client.migrate(dom, options);
      assert.equal(host.connections.length, 2);
      const { params, ...rest } = asked as { params: unknown };
      assert.deepEqual(rest, { dom, dconnuri: options.destination, cookieIn: Buffer.alloc(0), flags: 3 });
      assert.deepEqual(params, [
        typedParameter('destination_name', 7, 'web2'),
        typedParameter('migrate_disks', 7, 'vda'),
        typedParameter('migrate_disks', 7, 'vdb'),
        typedParameter('bandwidth', 4, 100n),
      ]);
      client.close();
    });

    test('an old host gets the old call, or a clear refusal of what that cannot carry', async () => {
      const host = new FakeHost();
      let asked: unknown;
      host.table.answer(domainMigratePerform3, (args) => {
        asked = { ...args };
        return { cookieOut: Buffer.alloc(0) };
      });
      const client = await connect(host);
      await client.migrate(dom, { ...options, migrateDisks: undefined });
      assert.deepEqual(asked, {
        dom,
        xmlin: null,
        cookieIn: Buffer.alloc(0),
        dconnuri: options.destination,
        uri: null,
        flags: 3n,
        dname: 'web2',
        resource: 100n,
      });
      await assert.rejects(client.migrate(dom, options), {
        code: 'LV_NOT_SUPPORTED',
        message: /too old for these parameters of a migration: migrate_disks, migrate_disks/,
      });
      client.close();
    });
  });
});
