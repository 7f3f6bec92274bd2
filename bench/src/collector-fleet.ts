import { planFleet } from '../../collector/src/simulate/fleet-plan.ts';
import { createSimClock } from '../../collector/src/simulate/sim-clock.ts';
import { SimulatedFleet } from '../../collector/src/simulate/simulated-fleet.ts';

// A simulated fleet as a process of its own, so that what it costs is not counted as the collector's.
const hosts = Number(process.argv[2]);
const vmsPerHost = Number(process.argv[3]);
const fleet = await SimulatedFleet.start(planFleet({ hosts, vms: hosts * vmsPerHost, seed: 1 }), {
  clock: createSimClock(Date.now),
});
process.stdout.write(`${JSON.stringify(Object.fromEntries(fleet.uris()))}\n`);
process.stdin.resume();
process.stdin.on('end', () => {
  fleet.stop();
  process.exit(0);
});
