import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { LibvirtClient, StatsGroup } from '@evenkeel/libvirt';
import { startLab, type Host } from '@evenkeel/lab';

/** At most this share of what the better of the two others costs. */
const bar = 0.5;

type Result = {
  readonly name: string;
  /** Fields kept of each VM; and how many of them one read brings, where it does not bring all. */
  readonly fieldsPerVm: number;
  readonly fieldsPerRead: number;
  readonly vmSamples: number;
  readonly clientMicroseconds: number;
  readonly daemonMicroseconds: number;
  /** Client and daemon, for one read of one VM. */
  readonly microsecondsPerVmSample: number;
};

/** A reader of the host: how it is started, how often it has read all VMs, and how many fields it got of each. */
type Reader = {
  readonly name: string;
  readonly start: () => Promise<{
    readonly process: ChildProcess;
    /** VM-samples since it was started. */
    readonly samples: () => number;
    readonly fieldsPerVm: () => Promise<number>;
    readonly fieldsPerRead?: () => Promise<number>;
    readonly stop: () => Promise<void>;
  }>;
};

/** CPU time of all threads of a process, in microseconds. */
function cpuOf(pid: number): number {
  let nanoseconds = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    try {
      nanoseconds += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]);
    } catch {
      // the thread has just ended
    }
  }
  return nanoseconds / 1000;
}

function libvirtdOf(host: Host): number {
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const status = readFileSync(`/proc/${entry}/status`, 'utf8');
      if (/^Name:\tlibvirtd$/m.test(status) && status.includes(`\nPPid:\t${host.pid}\n`))
        return Number(entry);
    } catch {
      // it has just ended
    }
  }
  throw new Error(`no libvirtd found on ${host.name}`);
}

async function measure(reader: Reader, daemon: number, warmMs: number, measureMs: number): Promise<Result> {
  const running = await reader.start();
  try {
    await pause(warmMs);
    const fieldsPerVm = await running.fieldsPerVm();
    const fieldsPerRead = (await running.fieldsPerRead?.()) ?? fieldsPerVm;
    const pid = running.process.pid!;
    const before = { client: cpuOf(pid), daemon: cpuOf(daemon), samples: running.samples() };
    await pause(measureMs);
    const vmSamples = running.samples() - before.samples;
    const clientMicroseconds = cpuOf(pid) - before.client;
    const daemonMicroseconds = cpuOf(daemon) - before.daemon;
    return {
      name: reader.name,
      fieldsPerVm,
      fieldsPerRead,
      vmSamples,
      clientMicroseconds,
      daemonMicroseconds,
      microsecondsPerVmSample: (clientMicroseconds + daemonMicroseconds) / vmSamples,
    };
  } finally {
    await running.stop();
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

/** Every value libvirt's answer holds of a VM. */
function leaves(value: unknown): number {
  if (value === undefined || value === null) return 0;
  if (typeof value !== 'object') return 1;
  return Object.values(value).reduce<number>((sum, one) => sum + leaves(one), 0);
}

/** Polls between two readings of memory, disk and pressure: as `polling.everyIntervals` has it, and all at every poll. */
const defaultEvery = [3, 6, 3] as const;
const always = [1, 1, 1] as const;
const { state, cpuTotal, balloon, vcpu, interface: traffic, block } = StatsGroup;
const everyPoll = state | cpuTotal | traffic;
const inTurn = [balloon, block, vcpu] as const;

/** How many values libvirt gives of a VM for these groups. */
async function fieldsOf(host: Host, groups: number): Promise<number> {
  const client = await LibvirtClient.connect(host.uris.unix);
  const stats = await client.domainStats({ groups });
  client.close();
  const fields = stats.map((one) => leaves(Object.values(one)) - leaves(one.domain));
  return fields.reduce((sum, count) => sum + count, 0) / stats.length;
}

function evenkeel(host: Host, intervalMs: number, every: typeof defaultEvery | typeof always): Reader {
  return {
    name: every === always ? 'evenkeel, everything at every poll' : 'evenkeel',
    start: async () => {
      const file = path.join(import.meta.dirname, 'scrape-process.ts');
      const child = spawn(process.execPath, [file, host.uris.unix, String(intervalMs), String(every)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let samples = 0;
      let isWarm = (): void => undefined;
      const warm = new Promise<void>((resolve) => (isWarm = resolve));
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        for (const line of text.trim().split('\n')) {
          if (line === 'warm') isWarm();
          else samples = Number(line.split(' ')[0]);
        }
      });
      await warm;
      return {
        process: child,
        samples: () => samples,
        fieldsPerVm: () => fieldsOf(host, everyPoll | balloon | block | vcpu),
        fieldsPerRead: async () => {
          const cheap = await fieldsOf(host, everyPoll);
          let fields = cheap;
          for (const [index, group] of inTurn.entries())
            fields += ((await fieldsOf(host, everyPoll | group)) - cheap) / every[index]!;
          return fields;
        },
        stop: () => ended(child),
      };
    },
  };
}

function exporter(host: Host, vms: number, intervalMs: number): Reader {
  return {
    name: 'prometheus-libvirt-exporter',
    start: async () => {
      const port = await freePort();
      const child = spawn(
        'prometheus-libvirt-exporter',
        [`--web.listen-address=127.0.0.1:${port}`, `--libvirt.uri=${host.uris.unix}`],
        { stdio: ['ignore', 'ignore', 'ignore'] },
      );
      let scrapes = 0;
      const stopping = new AbortController();
      const scrape = async () => (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      await answering(scrape);
      const loop = (async () => {
        while (!stopping.signal.aborted) {
          const next = pause(intervalMs);
          if ((await scrape()).includes('libvirt_up 1')) scrapes++;
          await next;
        }
      })();
      return {
        process: child,
        samples: () => scrapes * vms,
        fieldsPerVm: async () => {
          const lines = (await scrape()).split('\n');
          return (
            lines.filter((line) => line.startsWith('libvirt_domain') && line.includes('domain="')).length /
            vms
          );
        },
        stop: async () => {
          stopping.abort();
          await loop;
          await ended(child);
        },
      };
    },
  };
}

/** collectd's virt plugin; what it would do with the values afterwards is not counted, so no other plugin is loaded. */
function collectd(host: Host, vms: number, intervalMs: number, directory: string): Reader {
  const configured = (name: string, more: string) => {
    const base = path.join(directory, name);
    mkdirSync(base, { recursive: true });
    const file = path.join(base, 'collectd.conf');
    writeFileSync(
      file,
      `BaseDir "${base}"
PIDFile "${base}/pid"
Interval ${intervalMs / 1000}
ReadThreads 1
${more}
LoadPlugin virt
<Plugin virt>
  Connection "${host.uris.unix}"
  RefreshInterval 60
  HostnameFormat name
  ExtraStats "cpu_util disk disk_err domain_state memory vcpu"
</Plugin>
`,
    );
    return spawn('collectd', ['-f', '-C', file], { stdio: 'ignore' });
  };
  let fields: number | undefined;
  return {
    name: 'collectd virt',
    start: async () => {
      if (fields === undefined) {
        // a first run with the csv plugin tells which values there are
        const counting = configured(
          'count',
          `LoadPlugin csv\n<Plugin csv>\n  DataDir "${directory}/csv"\n</Plugin>`,
        );
        await pause(Math.max(4000, 8 * intervalMs));
        await ended(counting);
        fields = csvColumns(path.join(directory, 'csv')) / vms;
      }
      const known = fields;
      const child = configured('measure', '');
      const begun = performance.now();
      return {
        process: child,
        // it reads once an interval, and says nothing of it
        samples: () => Math.floor((performance.now() - begun) / intervalMs) * vms,
        fieldsPerVm: () => Promise.resolve(known),
        stop: () => ended(child),
      };
    },
  };
}

/** The round that is neither the dearest nor the cheapest. */
const middleOf = (rounds: readonly Result[]): Result =>
  [...rounds].sort((a, b) => a.microsecondsPerVmSample - b.microsecondsPerVmSample)[rounds.length >> 1]!;

function csvColumns(directory: string): number {
  let columns = 0;
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const [header] = readFileSync(path.join(entry.parentPath, entry.name), 'utf8').split('\n', 1);
    columns += header!.split(',').length - 1; // the first is the time
  }
  return columns;
}

async function answering(ask: () => Promise<unknown>): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await ask();
      return;
    } catch (error) {
      if (attempt >= 100) throw error;
      await pause(100);
    }
  }
}

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

export const scrapeBench = {
  description:
    "CPU time of one read of one VM, client and daemon, beside Debian's exporter and collectd: --vms 8 --seconds 30 --rounds 3 --interval-ms 500",
  run: async (args: readonly string[]) => {
    const { values } = parseArgs({
      args: [...args],
      options: {
        vms: { type: 'string', default: '8' },
        seconds: { type: 'string', default: '30' },
        rounds: { type: 'string', default: '3' },
        'interval-ms': { type: 'string', default: '500' },
      },
    });
    const vms = Number(values.vms);
    const intervalMs = Number(values['interval-ms']);
    const directory = mkdtempSync(path.join(tmpdir(), 'evenkeel-scrape-'));
    const lab = await startLab({ hosts: 1, vmsPerHost: vms, vm: { diskMiB: 8, load: { cpu: 1 } } });
    try {
      const host = lab.hosts[0]!;
      const daemon = libvirtdOf(host);
      const idle = cpuOf(daemon);
      await pause(5000);
      const idleMicrosecondsPerSecond = (cpuOf(daemon) - idle) / 5;
      const readers = [
        evenkeel(host, intervalMs, defaultEvery),
        evenkeel(host, intervalMs, always),
        exporter(host, vms, intervalMs),
        collectd(host, vms, intervalMs, directory),
      ];
      const rounds = Number(values.rounds);
      const measured: Result[][] = readers.map(() => []);
      // In turn, so that what else the machine does meets all alike.
      for (let round = 0; round < rounds; round++)
        for (const [index, reader] of readers.entries())
          measured[index]!.push(
            await measure(reader, daemon, 8000, (Number(values.seconds) * 1000) / rounds),
          );
      const results = measured.map(middleOf);
      const [own, , ...others] = results;
      const better = others.reduce((best, one) =>
        one.microsecondsPerVmSample < best.microsecondsPerVmSample ? one : best,
      );
      const share = own!.microsecondsPerVmSample / better.microsecondsPerVmSample;
      const mostFields = Math.max(...others.map(({ fieldsPerVm }) => fieldsPerVm));
      return {
        vms,
        intervalMs,
        seconds: Number(values.seconds),
        daemonIdleMicrosecondsPerSecond: idleMicrosecondsPerSecond,
        results,
        bars: {
          shareOfBetterOther: { value: share, better: better.name, bar, met: share <= bar },
          fields: { value: own!.fieldsPerVm, bar: mostFields, met: own!.fieldsPerVm >= mostFields },
        },
      };
    } finally {
      await lab.down();
      rmSync(directory, { recursive: true, force: true });
    }
  },
};
