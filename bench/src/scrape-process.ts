import { writeSync } from 'node:fs';
import { LibvirtClient } from '@evenkeel/libvirt';
import { systemClock } from '../../collector/src/fleet/clock.ts';
import { createObserver, type ObserverSettings } from '../../collector/src/observe/observer.ts';
import { encodeLines } from '../../collector/src/telemetry/line-protocol.ts';
import { samplePoints } from '../../collector/src/telemetry/sample-points.ts';

// Observes one host and encodes what it sees, until it is killed; says after each poll how many VMs it has read.
//   node bench/src/scrape-process.ts URI INTERVAL_MS EVERY      EVERY: `3,6,3`, polls between two readings of memory, disk, delay
const [uri, intervalMs, every] = process.argv.slice(2) as [string, string, string];
const [memory = 1, disk = 1, pressure = 1] = every.split(',').map(Number);
/** One collector serves a fleet, so its code is never cold: it first reads as often as a fleet would make it. */
const warmMs = 5000;
const warmIntervalMs = 25;

const settings = (interval: number): ObserverSettings => ({
  fleet: 'bench',
  hosts: [
    {
      name: 'h1',
      uri,
      groups: [],
      priority: 50,
      labels: {},
      maintenance: false,
      neverTarget: false,
      nicMegabitsPerSecond: 1000,
    },
  ],
  rules: [],
  polling: {
    intervalMs: interval,
    deadlineMs: Number(intervalMs),
    turns: { memory, disk, pressure, allFromCpu: 1 },
    sharedStorage: [],
    dirtyRate: { enabled: false, everyMs: 1, sampleSeconds: 1, perHost: 1 },
  },
  staleMs: 10_000,
});

const observer = createObserver({
  ...settings(warmIntervalMs),
  clock: systemClock,
  connect: (config, onRetryFailed) => new LibvirtClient(config.uri!, { onRetryFailed }),
  log: (message) => process.stderr.write(`${message}\n`),
});
let samples = 0;
let bytes = 0;
observer.on('sample', (host, vms) => {
  bytes += encodeLines(samplePoints('bench', host, vms, Date.now())).length;
  samples += vms.length;
  writeSync(process.stdout.fd, `${samples} ${bytes}\n`);
});
observer.start();
setTimeout(() => {
  observer.reconfigure(settings(Number(intervalMs)));
  writeSync(process.stdout.fd, 'warm\n');
}, warmMs);
