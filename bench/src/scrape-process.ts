import { setTimeout as pause } from 'node:timers/promises';
import { LibvirtClient } from '@evenkeel/libvirt';
import { systemClock } from '../../collector/src/fleet/clock.ts';
import { createObserver } from '../../collector/src/observe/observer.ts';
import { encodeLines } from '../../collector/src/telemetry/line-protocol.ts';
import { samplePoints } from '../../collector/src/telemetry/sample-points.ts';

// Observes one host and encodes what it sees, until it is killed; says after each poll how many VMs it has read.
const [uri, intervalMs, every = '1'] = process.argv.slice(2) as [string, string, string?];
const observer = createObserver({
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
    intervalMs: Number(intervalMs),
    deadlineMs: Number(intervalMs),
    turns: { memory: Number(every), disk: Number(every), pressure: Number(every), allFromCpu: 1 },
    sharedStorage: [],
    dirtyRate: { enabled: false, everyMs: 1, sampleSeconds: 1, perHost: 1 },
  },
  staleMs: 10_000,
  clock: systemClock,
  connect: (config, onRetryFailed) => new LibvirtClient(config.uri!, { onRetryFailed }),
  log: (message) => process.stderr.write(`${message}\n`),
});
let samples = 0;
let bytes = 0;
observer.on('sample', (host, vms) => {
  bytes += encodeLines(samplePoints('bench', host, vms, Date.now())).length;
  samples += vms.length;
});
observer.start();
for (;;) {
  await pause(250);
  process.stdout.write(`${samples} ${bytes}\n`);
}
