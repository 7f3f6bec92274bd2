import { setImmediate as breathe } from 'node:timers/promises';
import { Telemetry } from '../../src/telemetry/telemetry.ts';

// Writes points towards a database that is away, says how many, and waits to be killed.
const [url, directory] = process.argv.slice(2) as [string, string];
const telemetry = new Telemetry({
  influx: {
    url,
    database: 'victim',
    retention: { rawSeconds: 604_800, minutesSeconds: 2_592_000, tenMinutesSeconds: 34_560_000 },
    manage: true,
  },
  graphite: null,
  spool: { directory, maximumBytes: 1e9 },
  now: Date.now,
  log: { info: () => undefined, warn: () => undefined },
});
const begin = Date.now() - 3_600_000;
for (let round = 1; ; round++) {
  telemetry.write(
    Array.from({ length: 100 }, (_, i) => ({
      measurement: 'vm' as const,
      tags: { fleet: 'test', host: 'h1', vm: `vm-${i}`, uuid: `u-${i}` },
      at: begin + round,
      fields: { cpu: i / 100 },
    })),
  );
  process.stdout.write(`${round * 100}\n`);
  await breathe();
}
