import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { forecastMove, type MoveForecastContext } from '../../src/advise/migration-forecast.ts';
import { defaultPolicy } from '../../src/fleet/default-policy.ts';
import type { Host } from '../../src/fleet/host.ts';
import { unknownLoad } from '../../src/fleet/load.ts';
import { uncalibrated } from '../../src/fleet/migration-calibration.ts';
import { freeVmRules, type Vm } from '../../src/fleet/vm.ts';

const mib = 2 ** 20;
const gib = 2 ** 30;

const idleUsage = {
  cpuCores: 0,
  memBytes: 0,
  netRxBytesPerSecond: 0,
  netTxBytesPerSecond: 0,
  diskReadBytesPerSecond: 0,
  diskWriteBytesPerSecond: 0,
  diskRequestsPerSecond: 0,
};

const host = (name: string, nicBitsPerSecond = 1e9, features: Host['features'] = []): Host => ({
  name,
  zone: null,
  rack: null,
  groups: [],
  priority: 50,
  labels: {},
  power: 'on',
  maintenance: false,
  neverTarget: false,
  capacity: { cpuCores: 8, memBytes: 64 * gib, nicBitsPerSecond, diskBytesPerSecond: null },
  cpuModel: null,
  features,
  load: unknownLoad,
  pressure: null,
  usage: idleUsage,
  freshness: 'fresh',
  sampledAt: 0,
  source: 'libvirt',
  trouble: [],
});

const vm = (usedBytes: number, dirtyPerSecond: number | null): Vm => ({
  uuid: '77000000-0000-4000-9000-000000000011',
  name: 'web-1',
  host: 'h1',
  state: 'running',
  vcpus: 2,
  memory: {
    maximumBytes: usedBytes * 2,
    currentBytes: usedBytes * 2,
    usedBytes,
    source: 'balloon',
    trusted: true,
  },
  load: { ...unknownLoad, cpu: 0.5 },
  pressure: null,
  usage: idleUsage,
  dirtyRate: dirtyPerSecond === null ? null : { bytesPerSecond: dirtyPerSecond, measuredAt: 0 },
  priority: 50,
  rules: freeVmRules,
  freshness: 'fresh',
  sampledAt: 0,
  source: 'libvirt',
});

const context = (migration: Partial<typeof defaultPolicy.migration> = {}): MoveForecastContext => ({
  policy: { ...defaultPolicy, migration: { ...defaultPolicy.migration, ...migration } },
  calibration: uncalibrated,
});

describe('the forecast of a move', () => {
  it('sends what is used once, and a little more, when the guest is quiet', () => {
    const forecast = forecastMove(vm(4 * gib, 1 * mib), host('h1'), host('h2'), context());
    assert.equal(forecast.converges, true);
    assert.equal(forecast.strategy, 'pre-copy');
    assert.ok(forecast.bytes.value >= 4 * gib && forecast.bytes.value < 4.2 * gib);
    assert.ok(forecast.seconds.value > (4 * gib) / 125e6, 'no faster than the link');
    assert.ok(forecast.downtimeSeconds.value <= 0.4);
  });

  it('says that it will not converge when nothing is allowed that helps', () => {
    const forecast = forecastMove(
      vm(4 * gib, 200 * mib),
      host('h1'),
      host('h2'),
      context({ allowAutoConverge: false }),
    );
    assert.equal(forecast.converges, false);
    assert.match(
      forecast.reason,
      /will not converge: it dirties 200\.0 MiB\/s and the way carries 110\.4 MiB\/s/,
    );
  });

  it('throttles the guest where that is allowed, and prefers compression on a slow link where it suffices', () => {
    const busy = vm(4 * gib, 300 * mib);
    assert.equal(forecastMove(busy, host('h1'), host('h2'), context()).strategy, 'auto-converge');
    const slow = forecastMove(
      vm(1 * gib, 15 * mib),
      host('h1', 1e8),
      host('h2', 1e8),
      context({ allowCompression: true }),
    );
    assert.equal(slow.strategy, 'compression');
  });

  it('takes post-copy only where policy and both hosts allow it', () => {
    const busy = vm(4 * gib, 300 * mib);
    const allowed = context({ allowAutoConverge: false, allowPostCopy: true });
    const both = forecastMove(busy, host('h1', 1e9, ['post-copy']), host('h2', 1e9, ['post-copy']), allowed);
    assert.equal(both.strategy, 'post-copy');
    assert.equal(both.converges, true);
    const one = forecastMove(busy, host('h1', 1e9, ['post-copy']), host('h2'), allowed);
    assert.equal(one.converges, false);
  });

  it('uses several streams for a large VM on a fast link, and RDMA where both have it', () => {
    const large = vm(64 * gib, 100 * mib);
    assert.equal(forecastMove(large, host('h1', 4e10), host('h2', 4e10), context()).strategy, 'parallel');
    const rdma = forecastMove(large, host('h1', 4e10, ['rdma']), host('h2', 4e10, ['rdma']), context());
    assert.equal(rdma.strategy, 'rdma');
  });

  it('shares a NIC with the migrations that already run on it', () => {
    const quiet = vm(4 * gib, 1 * mib);
    const alone = forecastMove(quiet, host('h1'), host('h2'), context());
    const crowded = forecastMove(quiet, host('h1'), host('h2'), {
      ...context(),
      flowing: new Map([['h2', 3]]),
    });
    assert.ok(crowded.seconds.value > 3.5 * (alone.seconds.value - 5));
  });

  it('copies local disks where the rules say so', () => {
    const withDisk = { ...vm(1 * gib, 1 * mib) };
    const copied: Vm = {
      ...withDisk,
      rules: { ...freeVmRules, localDiskBytes: 10 * gib, localDisks: 'copy' },
    };
    const forecast = forecastMove(copied, host('h1'), host('h2'), context());
    assert.equal(forecast.copiesDisks, true);
    assert.ok(forecast.bytes.value > 11 * gib);
  });

  it('never gets cheaper with more memory, more dirtying or less bandwidth', () => {
    const sizes = fc.integer({ min: 64, max: 64_000 });
    const rates = fc.integer({ min: 0, max: 2000 });
    const nics = fc.integer({ min: 100, max: 40_000 });
    const plain = context({ allowAutoConverge: false });
    const cost = (size: number, rate: number, nic: number) =>
      forecastMove(vm(size * mib, rate * mib), host('h1', nic * 1e6), host('h2', nic * 1e6), {
        ...plain,
        strategy: 'pre-copy',
      });
    fc.assert(
      fc.property(sizes, rates, nics, (size, rate, nic) => {
        const base = cost(size, rate, nic);
        for (const value of [base.bytes.value, base.seconds.value, base.downtimeSeconds.value])
          assert.ok(Number.isFinite(value) && value >= 0);
        assert.ok(base.seconds.low <= base.seconds.value && base.seconds.value <= base.seconds.high);
        if (!base.converges) {
          assert.equal(cost(size, rate * 2 + 1, nic).converges, false);
          return;
        }
        const larger = cost(size * 2, rate, nic);
        if (larger.converges) assert.ok(larger.seconds.value >= base.seconds.value * 0.999);
        const slower = cost(size, rate, nic / 2);
        if (slower.converges) assert.ok(slower.seconds.value >= base.seconds.value * 0.999);
      }),
    );
  });
});
