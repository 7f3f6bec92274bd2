import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { PrivateInfluxd } from '../../collector/src/telemetry/private-influxd.ts';
import type { CollectorFigures, CollectorOrder } from './collector-process.ts';

const vmsPerHost = 50;
const intervalSeconds = 10;
const bars = { cpuShare: 0.6, residentMebibytes: 700, lagP99Seconds: 5, loopDelayP99Ms: 50, pointsLost: 0 };
/** The largest fleet may cost this much more for a VM's sample than the smallest, which is noise. */
const growthTolerance = 1.15;

/** Fleet, influxd and collector each in a process of its own; what is measured is the collector's. */
async function measure(hosts: number, measureSeconds: number): Promise<CollectorFigures> {
  const directory = mkdtempSync(path.join(tmpdir(), 'evenkeel-bench-'));
  const influxd = await PrivateInfluxd.start({ directory: path.join(directory, 'influxd') });
  if (influxd === null) throw new Error('the benchmark needs the Debian package influxdb');
  const fleet = start('collector-fleet.ts', String(hosts), String(vmsPerHost));
  try {
    const order: CollectorOrder = {
      uris: JSON.parse(await firstLine(fleet)) as Record<string, string>,
      influxUrl: influxd.url,
      directory,
      intervalSeconds,
      warmSeconds: 3 * intervalSeconds,
      measureSeconds,
    };
    const collector = start('collector-process.ts', ...heapFlags());
    const answer = firstLine(collector);
    collector.stdin!.end(JSON.stringify(order));
    return JSON.parse(await answer) as CollectorFigures;
  } finally {
    fleet.stdin!.end();
    if (fleet.exitCode === null) await once(fleet, 'exit');
    await influxd.stop('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Flags of Node, then arguments of the file. */
function start(file: string, ...args: string[]): ChildProcess {
  const flags = args.filter((arg) => arg.startsWith('--'));
  const others = args.filter((arg) => !arg.startsWith('--'));
  return spawn(process.execPath, [...flags, path.join(import.meta.dirname, file), ...others], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
}

/** What the collector's command gives to Node. */
function heapFlags(): string[] {
  const command = readFileSync(new URL('../../collector/bin/evenkeel', import.meta.url), 'utf8');
  return command.match(/--[a-z-]+=\d+/g) ?? [];
}

async function firstLine(child: ChildProcess): Promise<string> {
  for await (const line of createInterface(child.stdout!)) return line;
  throw new Error(`${child.spawnargs[1] ?? 'a part of the benchmark'} ended early`);
}

const bar = (value: number, limit: number) => ({ value, bar: limit, met: value <= limit });

export const collectorBench = {
  description:
    'simulated hosts with 50 VMs each, every 10 s, into a real influxd: --minutes 5 --hosts 1000 --growth 100,300,1000,2000 --growth-minutes 1',
  run: async (args: readonly string[]) => {
    const { values } = parseArgs({
      args: [...args],
      options: {
        minutes: { type: 'string', default: '5' },
        hosts: { type: 'string', default: '1000' },
        growth: { type: 'string', default: '100,300,1000,2000' },
        'growth-minutes': { type: 'string', default: '1' },
      },
    });
    const hosts = Number(values.hosts);
    const figures = await measure(hosts, Number(values.minutes) * 60);
    const sizes = values.growth === '' ? [] : values.growth.split(',').map(Number);
    const growth: ({ readonly hosts: number } & CollectorFigures)[] = [];
    for (const size of sizes)
      growth.push({ hosts: size, ...(await measure(size, Number(values['growth-minutes']) * 60)) });
    const costs = growth.map(({ cpuMicrosecondsPerVmSample }) => cpuMicrosecondsPerVmSample);
    return {
      what: 'observing, judging, advising, InfluxDB writing and the history window in one process; fleet and influxd are others',
      hosts,
      vmsPerHost,
      intervalSeconds,
      minutes: Number(values.minutes),
      figures,
      bars: {
        cpuShare: bar(figures.cpuShare, bars.cpuShare),
        residentMebibytes: bar(figures.peakResidentMebibytes, bars.residentMebibytes),
        lagP99Seconds: bar(figures.lagSeconds.p99, bars.lagP99Seconds),
        loopDelayP99Ms: bar(figures.loopDelayMs.p99, bars.loopDelayP99Ms),
        pointsLost: bar(figures.pointsLost, bars.pointsLost),
        ...(costs.length < 2 ? {} : { costGrowth: bar(costs.at(-1)! / costs[0]!, growthTolerance) }),
      },
      growth,
    };
  },
};
