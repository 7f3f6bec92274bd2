import { setImmediate as breathe } from 'node:timers/promises';
import { Spool } from '../../src/telemetry/spool.ts';

// Fills a spool, says how far it is, and waits to be killed.
const spool = new Spool({
  directory: process.argv[2]!,
  maximumBytes: 1e9,
  now: Date.now,
  batchPoints: 50,
  batchMs: 1e6,
});
for (let line = 1; ; line++) {
  spool.append(`line ${line}\n`, 1);
  if (line % 7 === 0) {
    process.stdout.write(`${line}\n`);
    await breathe();
  }
}
