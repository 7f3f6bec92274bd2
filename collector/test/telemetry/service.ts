import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { PrivateInfluxd } from '../../src/telemetry/private-influxd.ts';
import type { Retention } from '../../src/telemetry/influx-setup.ts';
import type { WriterLog } from '../../src/telemetry/spooled-writer.ts';

export const week: Retention = {
  rawSeconds: 7 * 86_400,
  minutesSeconds: 30 * 86_400,
  tenMinutesSeconds: 400 * 86_400,
};

export function scratchDirectory(t: TestContext, name: string): string {
  const directory = mkdtempSync(path.join(tmpdir(), `evenkeel-${name}-`));
  t.after(() => {
    rmSync(directory, { recursive: true, force: true });
  });
  return directory;
}

/** A real influxd that ends with the test. */
export async function influxdFor(
  t: TestContext,
  options: { readonly asksWho?: boolean } = {},
): Promise<PrivateInfluxd> {
  const directory = mkdtempSync(path.join(tmpdir(), 'evenkeel-influxd-'));
  const influxd = await PrivateInfluxd.start({ directory, ...options });
  if (influxd === null)
    throw new Error('this test needs the Debian package influxdb; run scripts/test-packages');
  t.after(async () => {
    await influxd.stop('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  });
  return influxd;
}

/** Resolves when `done` says so; asks again after each short pause. The test's own timeout bounds it. */
export async function until(done: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await done())) await new Promise((resolve) => setTimeout(resolve, 20));
}

export const quiet: WriterLog = { info: () => undefined, warn: () => undefined };
