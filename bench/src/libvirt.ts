import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { startLab } from '@evenkeel/lab';
import { StatsGroup } from '@evenkeel/libvirt';

const run = promisify(execFile);
const here = import.meta.dirname;

/** One measurement by either client. */
interface Measured {
  calls: number;
  seconds: number;
  cpuSeconds: number;
  rssMiB: number;
  eventLoopDelayMs?: { p50: number; p99: number; max: number };
}

const { state, cpuTotal, balloon, vcpu, interface: net, block } = StatsGroup;
/** What a balancer reads every few seconds. */
const readGroups = state | cpuTotal | balloon | vcpu | net | block;
const fleetSeconds = 30;
const leastOfC = 0.85;
/** To be known when the figures for ten connections are read. */
const threads =
  'The C program has a thread for each connection, so with ten it may use all cores; ours has one thread. ' +
  'With ten connections most calls find a VM busy with another one and are answered without what QEMU tells (NOWAIT).';

/** Builds the C program on Debian's libvirt-dev. */
async function buildC(folder: string): Promise<string> {
  const program = join(folder, 'libvirt-client');
  const flags = (await run('pkg-config', ['--cflags', '--libs', 'libvirt'])).stdout.trim().split(/\s+/);
  await run('cc', ['-O2', '-Wall', join(here, 'libvirt-client.c'), '-o', program, ...flags, '-lpthread']);
  return program;
}

/** Compiles our reader and the library, as publishing does. */
async function buildOurs(folder: string): Promise<string> {
  const config = join(folder, 'tsconfig.json');
  const compilerOptions = {
    noEmit: false,
    rewriteRelativeImportExtensions: true,
    allowImportingTsExtensions: false,
    outDir: folder,
    rootDir: join(here, '../..'),
    typeRoots: [join(here, '../../node_modules/@types')],
  };
  const files = [join(here, 'libvirt-reader.ts')];
  await writeFile(
    config,
    JSON.stringify({ extends: join(here, '../../tsconfig.base.json'), compilerOptions, files }),
  );
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  await run(process.execPath, [join(here, '../../node_modules/typescript/bin/tsc'), '-p', config]);
  return join(folder, 'bench/src/libvirt-reader.js');
}

async function measure(command: string, args: readonly (string | number)[]): Promise<Measured> {
  const { stdout } = await run(command, args.map(String), { timeout: 600_000 });
  return JSON.parse(stdout) as Measured;
}

interface Bar {
  name: string;
  value: number;
  bar: number;
  met: boolean;
}

interface Part {
  measured: unknown;
  bars: Bar[];
}

/** Both programs, ready to be run. */
interface Readers {
  ours(...args: readonly (string | number)[]): Promise<Measured>;
  c(...args: readonly (string | number)[]): Promise<Measured>;
}

async function buildReaders(folder: string): Promise<Readers> {
  const [reader, program] = await Promise.all([buildOurs(folder), buildC(folder)]);
  return {
    // A small nursery: answers die young, and a larger one only costs memory.
    ours: (...args) => measure(process.execPath, ['--max-semi-space-size=4', reader, ...args]),
    c: (...args) => measure(program, args),
  };
}

function rates({ calls, seconds, cpuSeconds }: Measured): {
  callsPerSecond: number;
  cpuMicrosPerCall: number;
} {
  return {
    callsPerSecond: Math.round(calls / seconds),
    cpuMicrosPerCall: Math.round((cpuSeconds / calls) * 1e7) / 10,
  };
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

interface Comparison {
  over: string;
  evenkeel: ReturnType<typeof rates>;
  c: ReturnType<typeof rates>;
  /** Our calls per second, as a part of the C program's. */
  ratio: number;
}

/** Both clients in turn, several times, so that what else the machine does meets both alike. */
async function compare(
  readers: Readers,
  over: string,
  work: readonly [uri: string, connections: number, seconds: number, groups: number],
  rounds: number,
): Promise<Comparison> {
  const us: Measured[] = [];
  const them: Measured[] = [];
  for (let turn = 0; turn < rounds; turn++) {
    us.push(await readers.ours('saturate', ...work));
    them.push(await readers.c('saturate', ...work));
  }
  const ratio = median(us.map((each, i) => each.calls / each.seconds / (them[i]!.calls / them[i]!.seconds)));
  const middle = (all: readonly Measured[]): Measured => all[all.length >> 1]!;
  return { over, evenkeel: rates(middle(us)), c: rates(middle(them)), ratio: round(ratio, 3) };
}

async function realHost(readers: Readers, seconds: number, rounds: number): Promise<Part> {
  await using lab = await startLab({ hosts: 1, vmsPerHost: 3, tls: true, vm: { diskMiB: 16 } });
  const { uris, address } = lab.host('h1');
  const compared: Comparison[] = [];
  for (const [transport, uri] of Object.entries({ unix: uris.unix, tcp: uris.tcp, tls: uris.tls! })) {
    for (const connections of [1, 10]) {
      const over = `${transport}, connections: ${connections}`;
      compared.push(await compare(readers, over, [uri, connections, seconds, readGroups], rounds));
    }
  }
  // The test driver answers from memory: here the clients are the limit, not QEMU. No bar: for orientation.
  const fromMemory = `test+tcp://${address}/default`;
  const memory = await compare(readers, 'tcp, connections: 1', [fromMemory, 1, seconds, state], rounds);
  return {
    measured: { vms: 3, threads, qemu: compared, testDriver: memory },
    bars: compared.map(({ over, ratio }) => ({
      name: `real QEMU host, ${over}: calls/s as a part of the C program's`,
      value: ratio,
      bar: leastOfC,
      met: ratio >= leastOfC,
    })),
  };
}

async function fleet(readers: Readers, fields: number, seconds: number): Promise<Part> {
  const hosts = fork(join(here, 'libvirt-hosts.ts'), ['30', String(fields)], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  try {
    const [line] = (await once(hosts.stdout!, 'data')) as [Buffer];
    const uri = `qemu+tcp://127.0.0.1:${line.toString().trim()}/system`;
    const us = await readers.ours('fleet', uri, 1000, seconds, 0, 10_000);
    const them = await readers.c('fleet', uri, 1000, seconds, 0, 10_000);
    const cpuShare = us.cpuSeconds / us.seconds;
    const { p99 } = us.eventLoopDelayMs!;
    const what = `1000 hosts x 30 VMs x ${fields} fields per 10 s`;
    return {
      measured: {
        fieldsPerVm: fields,
        evenkeel: {
          reads: us.calls,
          cpuShare: round(cpuShare, 4),
          rssMiB: us.rssMiB,
          eventLoopDelayMs: us.eventLoopDelayMs,
        },
        c: { reads: them.calls, cpuShare: round(them.cpuSeconds / them.seconds, 4), rssMiB: them.rssMiB },
      },
      bars: [
        atMost(`${what}: share of one core`, cpuShare, 0.1),
        atMost(`${what}: RSS, MiB`, us.rssMiB, 150),
        atMost(`${what}: p99 event-loop delay, ms`, p99, 50),
      ],
    };
  } finally {
    hosts.kill();
  }
}

const atMost = (name: string, value: number, bar: number): Bar => ({
  name,
  value: round(value, 4),
  bar,
  met: value <= bar,
});

const round = (value: number, digits: number): number => Number(value.toFixed(digits));

export const libvirtBench = {
  description: "the libvirt client beside libvirt's own [--seconds N] [--rounds N] [--only real|fleet]",
  async run(args: readonly string[] = []): Promise<unknown> {
    const { values } = parseArgs({
      args: [...args],
      options: {
        seconds: { type: 'string', default: '4' },
        rounds: { type: 'string', default: '3' },
        only: { type: 'string' },
      },
    });
    const folder = await mkdtemp(join(tmpdir(), 'libvirt-bench-'));
    try {
      const readers = await buildReaders(folder);
      const parts: Part[] = [];
      if (values.only !== 'fleet') {
        parts.push(await realHost(readers, Number(values.seconds), Number(values.rounds)));
      }
      if (values.only !== 'real') {
        for (const fields of [41, 107]) parts.push(await fleet(readers, fields, fleetSeconds));
      }
      return { measured: parts.map(({ measured }) => measured), bars: parts.flatMap(({ bars }) => bars) };
    } finally {
      await rm(folder, { recursive: true });
    }
  },
};
