import path from 'node:path';
import { startControlServer } from '../simulate/control-server.ts';
import { planFleet } from '../simulate/fleet-plan.ts';
import { readTraces } from '../simulate/read-traces.ts';
import { createSimClock } from '../simulate/sim-clock.ts';
import { SimulatedFleet } from '../simulate/simulated-fleet.ts';
import { aborted } from './aborted.ts';
import { type Command, exitCodes, UsageError } from './command.ts';
import { readOptions, readPositionals } from './options.ts';

export const fleetCommand: Command = {
  name: 'fleet',
  summary: 'run a simulated fleet that speaks libvirt, for trying things out',
  usage: `evenkeel fleet [--hosts N] [--vms N] [--port FIRST] [--seed N] [--speed X] [--hour H] [--situations]
               [--traces DIR [--step SECONDS]]

Hosts and VMs that exist only here, each host at a port of its own on loopback. Prints where they are as JSON, with
the address that takes orders (see docs/operating.md), and runs until Ctrl-C.

  --hosts N       default 12
  --vms N         default 150
  --port FIRST    the first host's port; the others follow (default: whatever is free)
  --control PORT  where orders are taken (default: whatever is free)
  --seed N        the same seed gives the same fleet and the same load (default 1)
  --speed X       how fast the day goes by (default 1); counters and migrations stay in real time
  --hour H        the hour of the day that it begins with (default: the clock's)
  --traces DIR    replay traces instead: one file per VM, one CPU value 0..100 a line
  --step SECONDS  between two values of a trace (default 300)
  --situations    with a hot host, one about to be, and cold ones
  --leashed       end when standard input ends, so as not to outlive who started it
  --json          the default`,
  run: async (args, io) => {
    const { values, positionals } = readOptions(args, {
      hosts: { type: 'string' },
      vms: { type: 'string' },
      port: { type: 'string' },
      control: { type: 'string' },
      seed: { type: 'string' },
      speed: { type: 'string' },
      hour: { type: 'string' },
      situations: { type: 'boolean' },
      leashed: { type: 'boolean' },
      traces: { type: 'string' },
      step: { type: 'string' },
    });
    readPositionals(positionals, []);
    const now = io.now();
    const loadStart = values.hour === undefined ? now : atHour(now, number('--hour', values.hour, 0, 24, 0));
    const plan = planFleet({
      hosts: number('--hosts', values.hosts, 1, 5000, 12),
      vms: number('--vms', values.vms, 0, 200_000, 150),
      seed: number('--seed', values.seed, 0, 2 ** 31, 1),
      ...(values.traces === undefined
        ? {}
        : {
            traces: {
              series: readTraces(path.resolve(io.cwd, values.traces)),
              stepSeconds: number('--step', values.step, 1, 86_400, 300),
            },
          }),
      ...(values.situations ? { situations: { atSeconds: loadStart / 1000 } } : {}),
    });
    const clock = createSimClock(io.now, {
      loadStart,
      loadSpeed: number('--speed', values.speed, 0.01, 10_000, 1),
    });
    const simulated = await SimulatedFleet.start(plan, {
      clock,
      firstPort: number('--port', values.port, 0, 65_535, 0),
    });
    const control = await startControlServer(simulated, number('--control', values.control, 0, 65_535, 0));
    const uris = simulated.uris();
    io.stdout.write(
      JSON.stringify({
        control: control.url,
        hosts: plan.hosts.map((host) => ({
          name: host.name,
          uri: uris.get(host.name),
          zone: host.zone,
          rack: host.rack,
          nicMegabitsPerSecond: host.nicBitsPerSecond / 1e6,
          diskMegabytesPerSecond: 2000,
          energy: { idleWatts: 90 + host.cores, maxWatts: 150 + 6 * host.cores, bootSeconds: 120 },
        })),
      }) + '\n',
    );
    await Promise.race([aborted(io.signal), values.leashed ? inputEnds() : never]);
    // An input that is still open would keep the process.
    if (values.leashed) process.stdin.destroy();
    control.close();
    simulated.stop();
    return exitCodes.ok;
  },
};

function number(
  name: string,
  text: string | undefined,
  least: number,
  most: number,
  fallback: number,
): number {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (text !== '' && value >= least && value <= most) return value;
  throw new UsageError(`${name} must be a number from ${least} to ${most}`);
}

function atHour(now: number, hour: number): number {
  const day = 86_400_000;
  return now - (now % day) + (hour / 24) * day;
}

const never = new Promise<never>(() => undefined);

const inputEnds = (): Promise<void> =>
  new Promise((resolve) => {
    process.stdin.resume();
    process.stdin.once('close', resolve);
    process.stdin.once('end', resolve);
  });
