import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { loadConfig, type LoadedConfig } from '../../src/config/load-config.ts';
import { watchConfig } from '../../src/config/watch-config.ts';

test(
  'a change, a new file in an included directory and SIGHUP reload; a broken file keeps the old one',
  { timeout: 10_000 },
  async (t) => {
    const directory = mkdtempSync(path.join(tmpdir(), 'evenkeel-watch-'));
    mkdirSync(path.join(directory, 'hosts.d'));
    const file = path.join(directory, 'evenkeel.yaml');
    writeFileSync(file, 'fleet: {hostsFrom: [hosts.d]}\n');
    const changes: LoadedConfig[] = [];
    const errors: Error[] = [];
    let wake = (): void => undefined;
    const watching = watchConfig({
      file,
      loaded: loadConfig(file, {}),
      environment: {},
      settleMs: 5,
      onChange: (loaded) => {
        changes.push(loaded);
        wake();
      },
      onError: (error) => {
        errors.push(error);
        wake();
      },
    });
    t.after(() => {
      watching.close();
      rmSync(directory, { recursive: true });
    });
    const until = async (done: () => boolean) => {
      while (!done()) await new Promise<void>((resolve) => (wake = resolve));
    };

    writeFileSync(
      path.join(directory, 'hosts.d', 'a.yaml'),
      'hosts: [{name: h1, uri: "qemu+tcp://a/system"}]\n',
    );
    await until(() => changes.at(-1)?.config.fleet.hosts.length === 1);

    // as editors do it: a new file takes the old one's place
    writeFileSync(path.join(directory, 'new'), 'polling: {intervalSeconds: 30}\n');
    renameSync(path.join(directory, 'new'), file);
    await until(() => changes.at(-1)?.config.polling.intervalSeconds === 30);

    const before = changes.length;
    writeFileSync(file, 'polling: {intervalSeconds: -1}\n');
    await until(() => errors.length > 0);
    assert.match(errors[0]!.message, /evenkeel.yaml:1: polling.intervalSeconds must be >= 1/);
    assert.equal(changes.length, before);

    writeFileSync(file, 'polling: {intervalSeconds: 20}\n');
    process.emit('SIGHUP', 'SIGHUP');
    await until(() => changes.at(-1)?.config.polling.intervalSeconds === 20);
  },
);
