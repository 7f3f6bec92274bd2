import { defaultPolicy } from '../../collector/src/fleet/default-policy.ts';
import { dimensions } from '../../collector/src/fleet/load.ts';
import { createJudgeState, judge, type JudgeState } from '../../collector/src/judge/judge.ts';
import { JudgeFleet } from './judge-fleet.ts';

const vmsPerHost = 50;
const cadenceMs = 10_000;
const periodMs = 300_000;
/** Ten periods apart by a whole period each: all models have what they need. */
const warmTicks = 10;
/** Two whole periods, so that every series closes a period twice while the clock runs. */
const timedTicks = 60;
const sizes = [100, 300, 1000, 2000];
const barSize = 1000;
const milliseconds = 400;
const bytesPerSeries = 1024;

/** CPU time, not the clock's: other work on the machine does not count. */
const cpuMsSince = (started: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(started);
  return (user + system) / 1000;
};

type Size = {
  hosts: number;
  vms: number;
  tickMs: { median: number; p95: number; most: number };
  /** Reading the forecast for the policy's horizon of every dimension of every host and VM. */
  forecastsMs: number;
  stateBytesPerSeries: number;
  findings: number;
};

const runSize = (hosts: number): Size => {
  const fleet = new JudgeFleet(hosts, vmsPerHost);
  const state = createJudgeState();
  let at = Date.UTC(2026, 0, 5);
  let sequence = 0;
  for (; sequence < warmTicks; sequence += 1, at += periodMs) {
    judge(fleet.snapshot(at, sequence), state, defaultPolicy);
  }
  const took: number[] = [];
  let last = judge(fleet.snapshot(at, sequence), state, defaultPolicy);
  for (let tick = 0; tick < timedTicks; tick += 1) {
    at += cadenceMs;
    sequence += 1;
    const snapshot = fleet.snapshot(at, sequence);
    const started = process.cpuUsage();
    last = judge(snapshot, state, defaultPolicy);
    took.push(cpuMsSince(started));
  }
  const snapshot = fleet.snapshot(at, sequence);
  const started = process.cpuUsage();
  let known = 0;
  const subjects = [...snapshot.hosts.map(({ name }) => name), ...snapshot.vms.map(({ uuid }) => uuid)];
  for (const subject of subjects) {
    for (const dimension of dimensions)
      if (last.forecast(subject, dimension, defaultPolicy.horizonMinutes) !== null) known += 1;
  }
  const forecastsMs = cpuMsSince(started);
  if (known !== subjects.length * dimensions.length) throw new Error('some forecasts were not there');
  took.sort((a, b) => a - b);
  return {
    hosts,
    vms: hosts * vmsPerHost,
    tickMs: {
      median: took[took.length >> 1]!,
      p95: took[Math.floor(took.length * 0.95)]!,
      most: took.at(-1)!,
    },
    forecastsMs,
    stateBytesPerSeries: bytesOf(state),
    findings: last.findings.length,
  };
};

const bytesOf = (state: JudgeState): number =>
  state.vmSeries.bytes / (state.vms.capacity * dimensions.length);

/** One tick of judge, at several fleet sizes: classes, findings, and all forecasts ready to be read. */
export const judgeBench = {
  description: 'judge: one tick and all forecasts at 100 to 2000 hosts with 50 VMs each; one core',
  run: (args: readonly string[]): Promise<unknown> => {
    const wanted = args.length > 0 ? args.map(Number) : sizes;
    if (wanted.some((hosts) => !Number.isInteger(hosts) || hosts < 1)) {
      throw new Error('judge takes numbers of hosts, as in: npm run bench -- judge 100 1000');
    }
    const measured = wanted.map(runSize);
    const perVm = measured.map(({ tickMs, vms }) => (1000 * tickMs.median) / vms);
    const atBar = measured.find(({ hosts }) => hosts === barSize);
    const most = (values: number[]) => Math.max(...values);
    const bars = [
      ...(atBar === undefined
        ? []
        : [
            {
              name: `one tick and all forecasts, ${barSize} hosts x ${vmsPerHost} VMs, CPU ms (95 % of ticks)`,
              value: atBar.tickMs.p95 + atBar.forecastsMs,
              bar: milliseconds,
              met: atBar.tickMs.p95 + atBar.forecastsMs < milliseconds,
            },
          ]),
      {
        name: 'model state per VM and dimension, bytes',
        value: most(measured.map(({ stateBytesPerSeries }) => stateBytesPerSeries)),
        bar: bytesPerSeries,
        met: measured.every(({ stateBytesPerSeries }) => stateBytesPerSeries < bytesPerSeries),
      },
      {
        name: 'linear growth: most over least microseconds per VM and tick',
        value: most(perVm) / Math.min(...perVm),
        bar: 2,
        met: most(perVm) / Math.min(...perVm) < 2,
      },
    ];
    return Promise.resolve({ sizes: measured, microsecondsPerVm: perVm, bars });
  },
};
