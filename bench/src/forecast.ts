import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import { domainLookupByUuid, domainStartDirtyRateCalc, LibvirtClient } from '@evenkeel/libvirt';
import { startLab, type GuestLoad, type Lab } from '@evenkeel/lab';
import { forecastMove } from '../../collector/src/advise/migration-forecast.ts';
import { createController } from '../../collector/src/act/create-controller.ts';
import type { Controller } from '../../collector/src/act/controller.ts';
import { HostFailure, type HypervisorPort } from '../../collector/src/act/hypervisor-port.ts';
import { libvirtHypervisor } from '../../collector/src/act/libvirt-hypervisor.ts';
import type { Actor } from '../../collector/src/fleet/actor.ts';
import { uncalibrated } from '../../collector/src/fleet/migration-calibration.ts';
import type { Migration } from '../../collector/src/fleet/migration.ts';
import { openJournal } from '../../collector/src/journal/journal.ts';
import { fleetOfLab, type FleetOfLab } from '../../collector/test/act/fleet-of-lab.ts';

const bars = {
  medianError: 0.2,
  medianErrorOverTwoSeconds: 0.15,
  downtimeWithinFactorTwo: 0.9,
  firstByteBeyondVirshMs: 300,
};
const mebibyte = 2 ** 20;
const operator: Actor = { name: 'bench', role: 'admin', via: 'token', address: 'local' };
/** What a link that is not held back is said to be; the machine decides what it really does. */
const freeMbit = 10_000;
const dirtySamples = 3;
const orderAttempts = 4;
const divergenceWatchSeconds = 25;

type Case = { readonly vm: string; readonly mbit: number; readonly load: Partial<GuestLoad> };

// A guest's system takes about 45 MiB; what it writes to must fit beside that.
const vms = [
  { name: 'small', memoryMiB: 144 },
  { name: 'middle', memoryMiB: 208 },
  { name: 'large', memoryMiB: 320 },
];
const idle = { cpu: 5, mem: 0, set: 8 };
const light = { cpu: 10, mem: 1, set: 8 };
const steady = { cpu: 20, mem: 3, set: 16 };
const wide = { cpu: 20, mem: 3, set: 40 };
const wild = { cpu: 20, mem: 32, set: 40 };

/** To learn from, before anything is scored: each VM there and back, over a free and over a slow link. */
const warmUp: readonly Case[] = [
  { vm: 'small', mbit: freeMbit, load: light },
  { vm: 'middle', mbit: freeMbit, load: light },
  { vm: 'large', mbit: freeMbit, load: light },
  { vm: 'small', mbit: 100, load: light },
  { vm: 'middle', mbit: 100, load: light },
  { vm: 'large', mbit: freeMbit, load: light },
];
const scored: readonly Case[] = [
  ...[
    { mbit: freeMbit, load: idle },
    { mbit: 400, load: light },
    { mbit: 200, load: steady },
    { mbit: 100, load: light },
    { mbit: freeMbit, load: steady },
    { mbit: 100, load: wide },
    { mbit: 200, load: wide },
  ].flatMap((one) => vms.slice(0, 2).map(({ name }) => ({ vm: name, ...one }))),
  { vm: 'large', mbit: freeMbit, load: idle },
  { vm: 'large', mbit: 200, load: light },
  { vm: 'large', mbit: 400, load: steady },
  { vm: 'large', mbit: 100, load: light },
  { vm: 'large', mbit: freeMbit, load: wide },
  { vm: 'large', mbit: 200, load: wide },
];
const diverging: readonly Case[] = [
  { vm: 'small', mbit: 50, load: wild },
  { vm: 'middle', mbit: 80, load: wild },
  { vm: 'large', mbit: 50, load: wild },
];

export const forecastBench = {
  description:
    'migration forecast against real migrations in the lab, before and after calibration; time to first byte',
  run: async (args: readonly string[]): Promise<unknown> => {
    const { values } = parseArgs({
      args: [...args],
      options: { latency: { type: 'string', default: '15' } },
    });
    const lab = await startLab({ hosts: 2 });
    const folder = await mkdtemp(join(tmpdir(), 'bench-forecast-'));
    try {
      await Promise.all(vms.map((vm) => lab.addVm('h1', { ...vm, load: light })));
      return await measure(lab, join(folder, 'journal.sqlite'), Number(values.latency));
    } finally {
      await lab.down();
      await rm(folder, { recursive: true });
    }
  },
};

type Bench = {
  readonly lab: Lab;
  readonly fleet: FleetOfLab;
  readonly controller: Controller;
  readonly hypervisor: HypervisorPort;
};

const measure = async (lab: Lab, journalFile: string, latencyRuns: number) => {
  const addresses = new Map(
    lab.hosts.map((host) => [
      host.name,
      { uri: host.uris.unix, migrationUri: host.uris.tcp, dataUri: `tcp://${host.address}` },
    ]),
  );
  const journal = await openJournal(journalFile);
  const hypervisor = libvirtHypervisor((host) => addresses.get(host) ?? null);
  const fleet = await fleetOfLab(new Map([...addresses].map(([name, { uri }]) => [name, uri])));
  fleet.change.policy = {
    ...fleet.change.policy,
    migration: { ...fleet.change.policy.migration, allowAutoConverge: false },
  };
  const controller = createController({ journal, hypervisor, fleet });
  await controller.start();
  const bench: Bench = { lab, fleet, controller, hypervisor };
  try {
    for (const one of warmUp) await moved(bench, one);
    const rows = [];
    for (const one of scored) rows.push(await moved(bench, one));
    const convergence = [];
    for (const one of diverging) convergence.push(await diverged(bench, one));
    const latency = await firstBytes(bench, latencyRuns);
    return {
      ...summary(rows),
      convergence: [...convergence],
      latency,
      ...judged(rows, convergence, latency),
    };
  } finally {
    await controller.stop();
    hypervisor.close();
    fleet.close();
    await journal.close();
  }
};

/** Sets the scene: link, load, and what observing would know of the VM. */
const prepare = async ({ lab, fleet }: Bench, { vm, mbit, load }: Case) => {
  // Orders go over the same links: they are given while those are free.
  for (const { name } of lab.hosts) await lab.link(name, 'up');
  await ordered(lab, vm, load);
  for (const { name } of lab.hosts) {
    await lab.link(name, mbit === freeMbit ? 'up' : { rateMbit: mbit });
    fleet.change.hosts.set(name, {
      capacity: {
        cpuCores: 2,
        memBytes: 8 * 2 ** 30,
        nicBitsPerSecond: mbit * 1e6,
        diskBytesPerSecond: null,
      },
    });
  }
  // The balloon reports every two seconds, and the new load wants to show.
  await sleep(2500);
  await fleet.refresh();
  const seen = fleet.snapshot()!.vms.find(({ name }) => name === vm)!;
  fleet.change.vms.set(vm, {
    dirtyRate: { bytesPerSecond: await dirtyRate(lab, seen.host, seen.uuid), measuredAt: 0 },
  });
  await fleet.refresh();
  return { uuid: seen.uuid, from: seen.host, to: seen.host === 'h1' ? 'h2' : 'h1' };
};

/** A guest that just arrived, or writes wildly, may take its time to answer. */
const ordered = async (lab: Lab, vm: string, load: Partial<GuestLoad>): Promise<void> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await lab.order(vm, load);
      return;
    } catch (error) {
      if (attempt === orderAttempts) throw error;
    }
  }
};

/** As the observer does: page sampling, a second at a time; several, as its slow rotation would gather. */
const dirtyRate = async (lab: Lab, host: string, uuid: string): Promise<number> => {
  const client = await LibvirtClient.connect(lab.host(host).uris.unix);
  try {
    const { dom } = await client.call(domainLookupByUuid, { uuid });
    const rates: number[] = [];
    for (let sample = 0; sample < dirtySamples; sample += 1) {
      await client.call(domainStartDirtyRateCalc, { dom, seconds: 1, flags: 0 });
      await sleep(1200);
      const [stats] = await client.domainStats({ domains: [dom] });
      rates.push(Number(stats?.dirtyRate?.megabytesPerSecond ?? 0n) * mebibyte);
    }
    return rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
  } finally {
    client.close();
  }
};

const uncalibratedFor = ({ fleet }: Bench, uuid: string, to: string) => {
  const snapshot = fleet.snapshot()!;
  const vm = snapshot.vms.find((one) => one.uuid === uuid)!;
  const host = (name: string) => snapshot.hosts.find((one) => one.name === name)!;
  return forecastMove(vm, host(vm.host), host(to), { policy: fleet.policy(), calibration: uncalibrated });
};

const moved = async (bench: Bench, one: Case) => {
  const { uuid, to } = await prepare(bench, one);
  const before = uncalibratedFor(bench, uuid, to);
  const { id } = await bench.controller.migrations.request({ uuid, to }, operator, null);
  const migration = await endOf(bench.controller, id);
  const { fact, forecast } = migration;
  if (fact === null || forecast === null)
    throw new Error(`${one.vm} did not arrive: ${migration.error?.message ?? migration.stage}`);
  return {
    vm: one.vm,
    mbit: one.mbit,
    load: one.load,
    seconds: fact.seconds,
    forecastSeconds: forecast.seconds.value,
    uncalibratedSeconds: before.seconds.value,
    within80: fact.seconds >= forecast.seconds.low && fact.seconds <= forecast.seconds.high,
    downtime: fact.downtimeSeconds,
    forecastDowntime: forecast.downtimeSeconds.value,
    uncalibratedDowntime: before.downtimeSeconds.value,
    megabytes: (fact.bytes ?? 0) / 1e6,
    forecastMegabytes: forecast.bytes.value / 1e6,
    converges: forecast.converges,
  };
};
type Row = Awaited<ReturnType<typeof moved>>;

const endOf = async (controller: Controller, id: string): Promise<Migration> => {
  for (;;) {
    const migration = await controller.migrations.get(id);
    if (migration !== null && ['done', 'failed', 'aborted'].includes(migration.stage)) return migration;
    await sleep(50);
  }
};

/** What preflight would refuse is begun all the same, to see whether it was right. */
const diverged = async (bench: Bench, one: Case) => {
  const { uuid, from, to } = await prepare(bench, one);
  const { forecast } = await bench.controller.migrations.preflight({ uuid, to }, operator);
  const call = bench.hypervisor
    .migrate({
      from,
      to,
      uuid,
      persistent: true,
      tls: false,
      autoConverge: false,
      compression: false,
      parallelConnections: null,
      rdma: false,
      postCopy: false,
      copyDisks: false,
      bandwidthBytesPerSecond: null,
      resume: false,
    })
    .then(
      () => 'ended' as const,
      (error: unknown) => {
        if (error instanceof HostFailure) return 'aborted' as const;
        throw error;
      },
    );
  const first = await Promise.race([call, sleep(divergenceWatchSeconds * 1000, 'still copying' as const)]);
  if (first === 'still copying') {
    await bench.hypervisor.abort(from, uuid);
    await call;
  }
  for (const { name } of bench.lab.hosts) await bench.lab.link(name, 'up');
  await ordered(bench.lab, one.vm, light);
  return {
    ...one,
    forecastConverges: forecast?.converges ?? null,
    converged: first === 'ended',
    reason: forecast?.reason,
  };
};

/** From asking to the first byte over the wire: the controller and virsh in turn, both aborted at once afterwards. */
const firstBytes = async (bench: Bench, runs: number) => {
  const one = { vm: 'small', mbit: freeMbit, load: idle };
  const { uuid, from, to } = await prepare(bench, one);
  const client = await LibvirtClient.connect(bench.lab.host(from).uris.unix);
  const { dom } = await client.call(domainLookupByUuid, { uuid });
  const firstByte = async (began: number): Promise<number> => {
    for (;;) {
      const stats = await client.jobStats(dom);
      if (Number(stats.memoryProcessed ?? 0n) > 0) return performance.now() - began;
      await sleep(4);
    }
  };
  const ours: number[] = [];
  const virsh: number[] = [];
  try {
    for (let run = 0; run < runs; run += 1) {
      const began = performance.now();
      const { id } = await bench.controller.migrations.request(
        { uuid, to, options: { bandwidthBytesPerSecond: 20 * mebibyte } },
        operator,
        null,
      );
      ours.push(await firstByte(began));
      await bench.controller.migrations.abort(id, null, operator);
      await endOf(bench.controller, id);

      const virshBegan = performance.now();
      const uri = bench.lab.host(to).uris.tcp;
      const child = spawn(
        'virsh',
        [
          '-q',
          '-c',
          bench.lab.host(from).uris.unix,
          'migrate',
          '--live',
          '--p2p',
          '--bandwidth',
          '20',
          one.vm,
          uri,
        ],
        { stdio: 'ignore' },
      );
      const gone = once(child, 'exit');
      virsh.push(await firstByte(virshBegan));
      await bench.hypervisor.abort(from, uuid);
      await gone;
      await sleep(200);
    }
  } finally {
    client.close();
  }
  return { runs, ours: spread(ours), virsh: spread(virsh) };
};

const spread = (values: readonly number[]) => ({
  p50Ms: Math.round(quantile(values, 0.5)),
  p95Ms: Math.round(quantile(values, 0.95)),
});

const quantile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? NaN;
};

const error = (forecast: number, measured: number): number => Math.abs(forecast - measured) / measured;
const factorTwo = (forecast: number, measured: number | null): boolean =>
  measured !== null && measured > 0 && Math.abs(Math.log2(forecast / measured)) <= 1;

const summary = (rows: readonly Row[]) => {
  const long = rows.filter(({ seconds }) => seconds > 2);
  const share = (list: readonly boolean[]) => list.filter(Boolean).length / list.length;
  const median = (list: readonly number[]) => quantile(list, 0.5);
  return {
    table: rows.map((row) =>
      [
        row.vm.padEnd(6),
        `${row.mbit === freeMbit ? 'free' : row.mbit} Mbit/s`.padStart(11),
        `mem ${row.load.mem ?? 0}/${row.load.set ?? 0} MiB`.padEnd(14),
        `took ${row.seconds.toFixed(2)} s`.padStart(12),
        `forecast ${row.forecastSeconds.toFixed(2)} s`.padStart(17),
        `uncalibrated ${row.uncalibratedSeconds.toFixed(2)} s`.padStart(21),
        `still ${((row.downtime ?? NaN) * 1000).toFixed(0)} ms`.padStart(13),
        `forecast ${(row.forecastDowntime * 1000).toFixed(0)} ms`.padStart(17),
      ].join('  '),
    ),
    rows,
    before: {
      medianError: median(rows.map((row) => error(row.uncalibratedSeconds, row.seconds))),
      medianErrorOverTwoSeconds: median(long.map((row) => error(row.uncalibratedSeconds, row.seconds))),
      downtimeWithinFactorTwo: share(rows.map((row) => factorTwo(row.uncalibratedDowntime, row.downtime))),
    },
    after: {
      medianError: median(rows.map((row) => error(row.forecastSeconds, row.seconds))),
      medianErrorOverTwoSeconds: median(long.map((row) => error(row.forecastSeconds, row.seconds))),
      downtimeWithinFactorTwo: share(rows.map((row) => factorTwo(row.forecastDowntime, row.downtime))),
      withinTheInterval: share(rows.map(({ within80 }) => within80)),
      longerThanTwoSeconds: long.length,
    },
  };
};

const judged = (
  rows: readonly Row[],
  convergence: readonly { forecastConverges: boolean | null; converged: boolean }[],
  latency: Awaited<ReturnType<typeof firstBytes>>,
) => {
  const { after } = summary(rows);
  const bar = (what: string, value: number, limit: number, met: boolean) => ({
    what,
    value,
    bar: limit,
    met,
  });
  const right =
    rows.filter(({ converges }) => converges).length +
    convergence.filter(({ forecastConverges, converged }) => forecastConverges === converged).length;
  const beyond = latency.ours.p95Ms - latency.virsh.p95Ms;
  return {
    bars: [
      bar(
        'median error of the total time',
        after.medianError,
        bars.medianError,
        after.medianError <= bars.medianError,
      ),
      bar(
        'median error of the total time, over 2 s',
        after.medianErrorOverTwoSeconds,
        bars.medianErrorOverTwoSeconds,
        after.medianErrorOverTwoSeconds <= bars.medianErrorOverTwoSeconds,
      ),
      bar(
        'downtime within a factor of 2',
        after.downtimeWithinFactorTwo,
        bars.downtimeWithinFactorTwo,
        after.downtimeWithinFactorTwo >= bars.downtimeWithinFactorTwo,
      ),
      bar(
        'convergence right',
        right,
        rows.length + convergence.length,
        right === rows.length + convergence.length,
      ),
      bar(
        'first byte beyond virsh, p95, ms',
        beyond,
        bars.firstByteBeyondVirshMs,
        beyond < bars.firstByteBeyondVirshMs,
      ),
    ],
  };
};
