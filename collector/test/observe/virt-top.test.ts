import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { VirtTopCsv } from '../../src/observe/virt-top-csv.ts';
import { uuidOfName } from '../../src/observe/virt-top-watch.ts';
import { createObserver } from '../../src/observe/observer.ts';
import { HandClock } from './hand-clock.ts';

const header =
  'Hostname,Time,Arch,Physical CPUs,Count,Running,Blocked,Paused,Shutdown,Shutoff,Crashed,Active,Inactive,%CPU,' +
  'Total hardware memory (KB),Total memory (KB),Total guest memory (KB),Total CPU time (ns),' +
  'Domain ID,Domain name,CPU (ns),%CPU,Mem (bytes),%Mem,Block RDBY,Block WRBY,Net RXBY,Net TXBY\n';
const summary = (time: string, percent: string) =>
  `old1,${time},x86_64,4,2,2,0,0,0,0,0,2,0,${percent},8388608,2097152,2097152,4000000000`;
const web = ',3,web,2000000000.,12.5,1073741824,12,40960,81920,100000,200000';
const odd = ',4,"a ""b"",\nc",1e+09,2.5,1073741824,12,,,,';

test('rows are read wherever the text is cut', () => {
  const text = `${header}${summary('10:00:00', '15.0')}${web}${odd}\n${summary('10:00:10', '0.5')}\n`;
  fc.assert(
    fc.property(fc.array(fc.nat(text.length)), (cuts) => {
      const csv = new VirtTopCsv();
      const at = [0, ...cuts.sort((a, b) => a - b), text.length];
      const rows = at.slice(1).flatMap((end, index) => csv.take(text.slice(at[index], end)));
      assert.equal(rows.length, 2);
      assert.deepEqual(
        rows[0]!.vms.map((vm) => [vm.id, vm.name, vm.cpuShare, vm.netSent]),
        [
          [3, 'web', 0.125, 200_000],
          [4, 'a "b",\nc', 0.025, null],
        ],
      );
      assert.equal(rows[0]!.cpuShare, 0.15);
      assert.equal(rows[1]!.vms.length, 0);
    }),
  );
});

test(
  'a growing file becomes a host of the snapshot, marked by its source',
  { timeout: 10_000 },
  async (t) => {
    const directory = mkdtempSync(path.join(tmpdir(), 'evenkeel-virt-top-'));
    const file = path.join(directory, 'old1.csv');
    writeFileSync(file, `${header}${summary('09:59:50', '1.0')}${web}\n`);
    const clock = new HandClock();
    const observer = createObserver({
      fleet: 'test',
      hosts: [
        {
          name: 'old1',
          virtTop: { file, cpuCores: 4, memMebibytes: 8192 },
          groups: [],
          priority: 50,
          labels: {},
          maintenance: false,
          neverTarget: false,
        },
      ],
      rules: [],
      polling: {
        intervalMs: 10_000,
        deadlineMs: 5000,
        sharedStorage: [],
        dirtyRate: { enabled: false, everyMs: 1, sampleSeconds: 1, perHost: 1 },
      },
      staleMs: 45_000,
      clock,
      connect: () => assert.fail('a virt-top host has no libvirt'),
      log: () => undefined,
    });
    t.after(() => {
      observer.stop();
      rmSync(directory, { recursive: true });
    });
    let wake = (): void => undefined;
    observer.on('sample', () => {
      wake();
    });
    const sampled = async (text?: string) => {
      if (text !== undefined) appendFileSync(file, text);
      const waiting = { done: false };
      wake = () => {
        waiting.done = true;
      };
      while (!waiting.done) await clock.pass(1000);
    };

    observer.start();
    await sampled();
    assert.equal(
      observer.snapshot.vms[0]!.load.cpu,
      null,
      'the first line compares with nothing that was seen',
    );
    await sampled(`${summary('10:00:00', '15.0')}${web}${odd}\n`);
    await sampled(`${summary('10:00:10', '15.0')}${web}${odd}\n`);
    const [host] = observer.snapshot.hosts;
    assert.equal(host!.source, 'virt-top');
    assert.equal(host!.load.cpu, 0.15);
    assert.equal(host!.freshness, 'fresh');
    const vm = observer.snapshot.vms.find((one) => one.name === 'web')!;
    assert.equal(vm.uuid, uuidOfName('web'));
    assert.equal(vm.source, 'virt-top');
    assert.equal(vm.usage.cpuCores, 0.5);
    assert.equal(vm.usage.netTxBytesPerSecond, 20_000);
    assert.equal(vm.usage.diskWriteBytesPerSecond, 8192);
    assert.equal(vm.memory.trusted, false);
    assert.equal(vm.rules.neverMigrate, true, 'nothing is known of what binds it');
    assert.ok(observer.snapshot.vms.some((one) => one.name === 'a "b",\nc'));

    await sampled(`${summary('10:00:20', '15.0')}${web}\n`);
    assert.equal(observer.snapshot.vms.length, 1, 'the other has stopped');
    await clock.pass(60_000);
    assert.equal(observer.snapshot.hosts[0]!.freshness, 'stale', 'the file grows no more');
    writeFileSync(file, header); // virt-top was started anew
    await clock.pass(3000);
    await sampled(`${summary('10:02:00', '15.0')}${web}\n`);
    assert.equal(observer.snapshot.hosts[0]!.freshness, 'fresh');
  },
);
