import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { Telemetry } from '../../src/telemetry/telemetry.ts';
import { influxdFor, until, week } from './service.ts';

test(
  'the disk is full: points stay in memory, it is said, and the disk is used again',
  { timeout: 240_000 },
  async (t) => {
    const influxd = await influxdFor(t);
    await influxd.stop('SIGKILL'); // so that the spool fills
    const disk = mkdtempSync(path.join(tmpdir(), 'evenkeel-tmpfs-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', disk]);
    t.after(() => {
      execFileSync('umount', ['-l', disk]);
      rmdirSync(disk);
    });
    const filler = path.join(disk, 'filler');
    writeFileSync(filler, Buffer.alloc(300 * 1024));
    const said: string[] = [];
    const say = (message: string): undefined => void said.push(message);
    const telemetry = new Telemetry({
      influx: { url: influxd.url, database: 'full', retention: week, manage: true },
      graphite: null,
      spool: { directory: path.join(disk, 'spool'), maximumBytes: 1e9 },
      now: Date.now,
      log: { info: say, warn: say },
      backoffMs: [20, 100],
    });
    t.after(() => telemetry.close(0));
    const status = () => telemetry.status()[0]!;
    const begin = Date.now() - 600_000;
    let written = 0;
    let noise = 1;
    const write = async () => {
      const at = begin + written;
      telemetry.write(
        Array.from({ length: 500 }, (_, i) => {
          noise = (noise * 48_271) % 2_147_483_647; // so that it does not compress away
          return {
            measurement: 'vm' as const,
            tags: { fleet: 'f', host: 'h', vm: `vm-${i}`, uuid: `u-${i}` },
            at,
            fields: { cpu: noise / 2_147_483_647 },
          };
        }),
      );
      written += 500;
      await telemetry.flush();
    };

    while (status().diskTrouble === null) await write();
    for (let round = 0; round < 20; round++) await write();
    assert.match(status().diskTrouble!, /ENOSPC/);
    assert.equal(status().lost, 0);
    assert.equal(status().points, written);
    assert.ok(said.some((line) => line.includes("spool's disk takes no more") && line.includes('ENOSPC')));

    rmSync(filler); // somebody makes room
    await write();
    await write();
    assert.equal(status().diskTrouble, null);
    assert.ok(said.includes('InfluxDB: the spool is on disk again'));
    assert.equal(
      readdirSync(path.join(disk, 'spool', 'influxdb')).filter((name) => name.endsWith('.part')).length,
      0,
    );

    await influxd.restart();
    await until(() => status().points === 0);
    const [series] = await telemetry.influx!.http.query('SELECT count("cpu") FROM "vm"');
    assert.equal(series?.values[0]?.[1], written);
    assert.equal(status().lost, 0);
  },
);
