import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startLab, type Lab } from '@evenkeel/lab';
import type { Migration, MigrationOptions } from '../../src/fleet/migration.ts';
import { actInLab, ada, addressesOf, type ActInLab } from './act-in-lab.ts';

const mebibyte = 2 ** 20;
const slow: MigrationOptions = { bandwidthBytesPerSecond: 10 * mebibyte };
const qemuConf = [
  'user = "root"',
  'group = "root"',
  'security_driver = "none"',
  'namespaces = []',
  'remember_owner = 0',
  'stdio_handler = "file"',
  // A lost link is noticed in 4 s instead of 30, and two ports are soon exhausted.
  'keepalive_interval = 1',
  'keepalive_count = 3',
  'migration_port_min = 49152',
  'migration_port_max = 49153',
  '',
].join('\n');

let lab: Lab;
let act: ActInLab;

before(
  async () => {
    lab = await startLab({
      hosts: 2,
      etc: { 'libvirt/qemu.conf': qemuConf },
      // So does the target, and throws its half of the VM away.
      libvirtdConf: { keepalive_interval: '1', keepalive_count: '3' },
    });
    await Promise.all([
      lab.addVm('h1', { name: 'web', load: { mem: 2, set: 8 } }),
      lab.addVm('h1', { name: 'db', diskMiB: 8 }),
    ]);
    act = await actInLab(addressesOf(lab), { log: (message) => process.stderr.write(`${message}\n`) });
  },
  { timeout: 240_000 },
);
after(async () => {
  await act.close();
  await lab.down();
});

const other = (host: string): string => (host === 'h1' ? 'h2' : 'h1');

/** Where virsh, asked by the test itself, sees a VM active. */
const placesOf = async (vm: string): Promise<string[]> => {
  const places: string[] = [];
  for (const { name } of lab.hosts) {
    const states = await lab.virsh(name, 'list', '--name');
    if (
      states
        .split('\n')
        .map((line) => line.trim())
        .includes(vm)
    )
      places.push(name);
  }
  return places;
};

const homeOf = async (vm: string): Promise<string> => {
  const places = await placesOf(vm);
  assert.equal(places.length, 1, `${vm} is active on ${places.join(' and ') || 'no host'}`);
  return places[0]!;
};

type Started = { readonly id: string; readonly from: string; readonly to: string };

const start = async (vm: string, options: MigrationOptions = {}): Promise<Started> => {
  await act.fleet.refresh();
  return startFrom(vm, await homeOf(vm), options);
};
const startFrom = async (vm: string, from: string, options: MigrationOptions = {}): Promise<Started> => {
  const uuid = (await lab.virsh(from, 'domuuid', vm)).trim();
  const { id } = await act.controller.migrations.request({ uuid, to: other(from), from, options }, ada, null);
  return { id, from, to: other(from) };
};
const copying = (id: string) =>
  act.seen(
    id,
    ({ stage, progress }) => stage === 'copying' && (progress?.bytesProcessed ?? 0) > 3 * mebibyte,
  );

/** The migration of a VM whose disk is copied with it. */
const copyingDisk = async (): Promise<{ from: string; to: string; migration: Migration }> => {
  act.fleet.change.vms.set('db', {
    rules: {
      ...act.fleet.snapshot()!.vms.find(({ name }) => name === 'db')!.rules,
      localDisks: 'copy',
      localDiskBytes: 8 * mebibyte,
    },
  });
  const { id, from, to } = await start('db');
  const migration = await act.ended(id);
  act.fleet.change.vms.clear();
  return { from, to, migration };
};

/** What every end must show, whatever the fault. */
const sound = async (
  migration: Migration,
  expected: {
    stage: Migration['stage'];
    code?: string;
    attempt?: number;
    runsOn: string | null;
    message?: RegExp;
  },
): Promise<void> => {
  const told = JSON.stringify(migration);
  assert.equal(migration.stage, expected.stage, told);
  assert.equal(migration.error?.code, expected.code, told);
  assert.equal(migration.attempt, expected.attempt ?? 1, told);
  assert.equal(migration.runsOn, expected.runsOn, told);
  if (expected.message !== undefined) assert.match(migration.error?.message ?? '', expected.message);
  if (migration.error !== null) assert.ok(migration.error.advice.length > 10, 'says what to do');
  assert.deepEqual(await placesOf(migration.vm), expected.runsOn === null ? [] : [expected.runsOn]);
  assert.deepEqual(act.controller.reservations(), [], 'the reservation is released');
  assert.deepEqual(
    await act.journal.migrations.get(migration.id).then((stored) => stored?.migration.stage),
    expected.stage,
  );
};

describe('what can go wrong with a migration', { timeout: 840_000 }, () => {
  it('nothing: it arrives, measured beside its forecast', async () => {
    const { id, to } = await start('web');
    const migration = await act.ended(id);
    await sound(migration, { stage: 'done', runsOn: to });
    assert.ok(
      migration.fact !== null && migration.fact.seconds > 0 && (migration.fact.downtimeSeconds ?? 0) > 0,
    );
    assert.deepEqual(
      migration.stages.map(({ stage }) => stage).filter((stage) => stage !== 'switching'),
      ['requested', 'checking', 'reserved', 'copying', 'done'],
    );
    const { scored, calibration } = await act.controller.migrations.forecastRecord(10);
    assert.equal(scored[0]?.migration, id);
    assert.equal(calibration.fleet.observations, 1);
  });

  it('the operator aborts it', async () => {
    const { id, from } = await start('web', slow);
    await copying(id);
    await act.controller.migrations.abort(id, 'wrong VM', ada);
    await sound(await act.ended(id), {
      stage: 'aborted',
      code: 'aborted',
      runsOn: from,
      message: /aborted by ada: wrong VM/,
    });
  });

  it('the operator aborts it while it is being prepared', async () => {
    const { id, from } = await start('web', slow);
    await act.seen(id, ({ stage }) => stage === 'copying');
    await act.controller.migrations.abort(id, null, ada);
    await sound(await act.ended(id), { stage: 'aborted', code: 'aborted', runsOn: from });
  });

  it('somebody else cancels it on the host', async () => {
    const { id, from } = await start('web', slow);
    await copying(id);
    await lab.virsh(from, 'domjobabort', 'web');
    await sound(await act.ended(id), {
      stage: 'aborted',
      code: 'aborted',
      runsOn: from,
      message: /somebody cancelled it/,
    });
  });

  it('its deadline passes', async () => {
    const { id, from } = await start('web', { bandwidthBytesPerSecond: 6 * mebibyte, deadlineSeconds: 4 });
    await sound(await act.ended(id), {
      stage: 'failed',
      code: 'deadline',
      runsOn: from,
      message: /before its deadline/,
    });
  });

  it("the target's libvirtd dies: tried once more when it is back", async () => {
    const { id, to } = await start('web', slow);
    await copying(id);
    await lab.killLibvirtd(to);
    await act.seen(id, ({ waitingFor }) => waitingFor?.includes('does not answer') ?? false);
    await lab.startLibvirtd(to);
    const retrying = await act.seen(id, ({ attempt }) => attempt === 2);
    assert.match(retrying.stages.at(-1)?.cause ?? '', /tried once more/);
    await sound(await act.ended(id), { stage: 'done', attempt: 2, runsOn: to });
  });

  it("the target's libvirtd dies and stays dead: the second attempt is refused, no third", async () => {
    const { id, from, to } = await start('web', slow);
    await copying(id);
    await lab.killLibvirtd(to);
    // The truth needs both hosts; it is known that nothing moved once the target answers.
    await act.seen(id, ({ waitingFor }) => waitingFor?.includes('does not answer') ?? false);
    await lab.startLibvirtd(to);
    await act.seen(id, ({ attempt }) => attempt === 2);
    await lab.killLibvirtd(to);
    const migration = await act.ended(id);
    await lab.startLibvirtd(to);
    await sound(migration, { stage: 'failed', code: 'preflight', attempt: 2, runsOn: from });
  });

  it("the source's libvirtd dies: the truth is found when it is back", async () => {
    const { id, from, to } = await start('web', slow);
    await copying(id);
    await lab.killLibvirtd(from);
    await act.seen(id, ({ waitingFor }) => waitingFor?.includes('does not answer') ?? false);
    await lab.startLibvirtd(from);
    await sound(await act.ended(id), { stage: 'done', attempt: 2, runsOn: to });
  });

  it("the target's QEMU dies", async () => {
    const { id, from, to } = await start('web', slow);
    await copying(id);
    await lab.signalQemu('web', 'SIGKILL', to);
    await sound(await act.ended(id), { stage: 'failed', code: 'target-qemu-died', runsOn: from });
  });

  it('the VM is destroyed meanwhile', async () => {
    const { id, from } = await start('web', slow);
    await copying(id);
    await lab.destroyVm(from, 'web');
    await sound(await act.ended(id), { stage: 'failed', code: 'vm-stopped', runsOn: null });
    await lab.virsh(from, 'start', 'web');
  });

  it("the source's QEMU is killed", async () => {
    const { id, from } = await start('web', slow);
    await copying(id);
    await lab.signalQemu('web', 'SIGKILL', from);
    await sound(await act.ended(id), { stage: 'failed', code: 'vm-stopped', runsOn: null });
    await lab.virsh(from, 'start', 'web');
  });

  it('the link is cut for a moment: it arrives all the same', async () => {
    const { id, to } = await start('web', slow);
    await copying(id);
    await lab.link(to, 'down');
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await lab.link(to, 'up');
    // On a busy machine the moment may last so long that the link counts as lost.
    const migration = await act.ended(id);
    await sound(migration, { stage: 'done', attempt: migration.attempt, runsOn: to });
  });

  it('the link is cut for good: it stays, and is tried once more when the link is back', async () => {
    const { id, to } = await start('web', slow);
    await copying(id);
    await lab.link(to, 'down');
    await act.seen(id, ({ attempt }) => attempt === 2);
    await lab.link(to, 'up');
    await sound(await act.ended(id), { stage: 'done', attempt: 2, runsOn: to });
  });

  it('the guest was paused before: it arrives paused', async () => {
    const home = await homeOf('web');
    await lab.virsh(home, 'suspend', 'web');
    await act.fleet.refresh();
    act.fleet.change.vms.set('web', { state: 'running' });
    const { id, to } = await start('web');
    const migration = await act.ended(id);
    act.fleet.change.vms.clear();
    await sound(migration, { stage: 'done', runsOn: to });
    assert.match(await lab.virsh(to, 'domstate', 'web'), /paused/);
    await lab.virsh(to, 'resume', 'web');
  });

  it('another job works on the VM', async () => {
    const home = await homeOf('web');
    const busy = lab.virsh(
      home,
      'migrate',
      '--live',
      '--p2p',
      '--persistent',
      '--undefinesource',
      '--bandwidth',
      '6',
      'web',
      '--desturi',
      lab.host(other(home)).uris.tcp,
    );
    const done = busy.catch(() => '');
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const { id } = await start('web').catch(() => ({ id: '' }));
    if (id !== '') {
      const migration = await act.ended(id);
      assert.equal(migration.stage, 'failed');
      assert.match(migration.error?.message ?? '', /another|already/);
    }
    await lab.virsh(home, 'domjobabort', 'web').catch(() => '');
    await done;
    assert.deepEqual(act.controller.reservations(), []);
    await homeOf('web');
  });

  it('ports are exhausted: it waits its turn in the second attempt', async () => {
    const { from, to, id: before } = await start('web');
    await act.ended(before);
    await lab.defineVm(to, { name: 'small' });
    await lab.virsh(to, 'start', 'small');
    // One of the two ports is somebody else's, the other one serves the first migration.
    const squatter = lab
      .host(from)
      .run('sh', '-c', 'echo $$ >/run/squatter; exec busybox nc -l -p 49153')
      .catch(() => '');
    // So slow that it still holds its port when the second one asks for one.
    const first = await start('web', { bandwidthBytesPerSecond: 3 * mebibyte });
    await copying(first.id);
    const second = await start('small');
    const retrying = await act.seen(second.id, ({ attempt }) => attempt === 2);
    assert.match(retrying.stages.at(-1)?.cause ?? '', /Unable to find an unused port/);
    await act.controller.migrations.tune(first.id, { bandwidthBytesPerSecond: 64 * mebibyte }, ada);
    const [one, two] = await Promise.all([act.ended(first.id), act.ended(second.id)]);
    await sound(one, { stage: 'done', runsOn: from });
    assert.ok(two.attempt === 2 && ['done', 'failed'].includes(two.stage));
    await lab.host(from).run('sh', '-c', 'kill $(cat /run/squatter)');
    await squatter;
    await lab.destroyVm(await homeOf('small'), 'small');
  });

  it('its disk is local and nobody asked to copy it', async () => {
    const { id, from } = await start('db');
    await sound(await act.ended(id), {
      stage: 'failed',
      code: 'preflight',
      runsOn: from,
      message: /^Unsafe migration/,
    });
  });

  it('its disk is local and is copied', async () => {
    const { to, migration } = await copyingDisk();
    await sound(migration, { stage: 'done', runsOn: to });
    assert.equal(migration.forecast?.copiesDisks, true);
  });

  it('its disk is copied, and the target has no room for it', async () => {
    const home = await homeOf('db');
    const target = lab.host(other(home));
    const disk = '/var/lib/libvirt/images/db.img';
    // Only what is not zeros is copied.
    await lab.host(home).run('dd', 'if=/dev/urandom', `of=${disk}`, 'bs=1M', 'count=8', 'conv=notrunc');
    await target.run('mount', '-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', '/var/lib/libvirt/images');
    // It may remember an image of that name from before.
    await lab.virsh(target.name, 'pool-refresh', 'default');
    const { from, migration } = await copyingDisk();
    await target.run('umount', '-l', '/var/lib/libvirt/images');
    await lab.virsh(target.name, 'pool-refresh', 'default');
    await sound(migration, { stage: 'failed', code: 'target-disk-full', runsOn: from });
  });

  it('its disk is copied, and the target has no storage pool for it', async () => {
    const target = other(await homeOf('db'));
    // An image that is there already is written over, pool or not.
    await lab.host(target).run('rm', '-f', '/var/lib/libvirt/images/db.img');
    await lab.virsh(target, 'pool-destroy', 'default');
    const { from, migration } = await copyingDisk();
    await lab.virsh(target, 'pool-start', 'default');
    await sound(migration, { stage: 'failed', code: 'storage-missing', runsOn: from });
  });

  it('the bridge is missing on the target', async () => {
    await lab.host('h1').run('ip', 'link', 'add', 'br9', 'type', 'bridge');
    await addOdd('netted', (xml) => xml.replace("bridge='br0'", "bridge='br9'"));
    const { id, from } = await start('netted');
    await sound(await act.ended(id), {
      stage: 'failed',
      code: 'network-missing',
      runsOn: from,
      message: /br9/,
    });
    await lab.destroyVm('h1', 'netted');
  });

  it('a device cannot be migrated', async () => {
    const shmem =
      "<shmem name='shared'><model type='ivshmem-plain'/><size unit='M'>4</size></shmem></devices>";
    await addOdd('shared', (xml) => xml.replace('</devices>', shmem));
    const { id, from } = await start('shared');
    await sound(await act.ended(id), {
      stage: 'failed',
      code: 'preflight',
      runsOn: from,
      message: /shared memory device/,
    });
    await lab.destroyVm('h1', 'shared');
  });

  it('the CPU of the target lacks what it uses', async () => {
    await addOdd('modern', (xml) => xml.replace('qemu64', 'Icelake-Server'));
    const { id, from } = await start('modern');
    await sound(await act.ended(id), {
      stage: 'failed',
      code: 'preflight',
      runsOn: from,
      message: /the CPU of h2 lacks/,
    });
    await lab.destroyVm('h1', 'modern');
  });

  it('the target has another VM of that name', async () => {
    const home = await homeOf('web');
    const file = join(lab.dir, 'namesake.xml');
    await writeFile(
      file,
      lab.vmXml('web').replace(/<uuid>.*<\/uuid>/, '<uuid>00000000-1111-4000-8000-000000000001</uuid>'),
    );
    await lab.virsh(other(home), 'define', file);
    const { id } = await start('web');
    const migration = await act.ended(id);
    await lab.virsh(other(home), 'undefine', 'web');
    await sound(migration, {
      stage: 'failed',
      code: 'preflight',
      runsOn: home,
      message: /already has another VM called web/,
    });
  });

  it("the target's libvirtd is stopped: refused before anything is begun", async () => {
    const home = await homeOf('web');
    await lab.killLibvirtd(other(home));
    const { id } = await startFrom('web', home);
    const migration = await act.ended(id);
    await lab.startLibvirtd(other(home));
    await sound(migration, { stage: 'failed', code: 'preflight', runsOn: home });
    assert.ok(!migration.stages.some(({ stage }) => stage === 'copying'));
  });

  it("the source cannot resolve the target's name: refused before anything is begun", async () => {
    const addresses = addressesOf(lab);
    for (const [name, address] of addresses)
      addresses.set(name, { ...address, migrationUri: 'qemu+tcp://nowhere.invalid/system' });
    const lost = await actInLab(addresses);
    try {
      const home = await homeOf('web');
      const uuid = (await lab.virsh(home, 'domuuid', 'web')).trim();
      const { allowed, checks } = await lost.controller.migrations.preflight({ uuid, to: other(home) }, ada);
      assert.equal(allowed, false);
      const [failed] = checks;
      assert.equal(failed?.check, 'route');
      assert.match(failed.message, /nowhere\.invalid/);
      assert.match(failed.advice ?? '', /migrationUri/);
      await homeOf('web');
    } finally {
      await lost.close();
    }
  });

  it('source and target are one machine under two names', async () => {
    const home = await homeOf('web');
    const addresses = addressesOf(lab);
    const { migrationUri, dataUri } = addresses.get(home)!;
    addresses.set(other(home), { ...addresses.get(other(home))!, migrationUri, dataUri });
    const doubled = await actInLab(addresses);
    try {
      const uuid = (await lab.virsh(home, 'domuuid', 'web')).trim();
      const { id } = await doubled.controller.migrations.request({ uuid, to: other(home) }, ada, null);
      const { stage, error, runsOn } = await doubled.ended(id);
      assert.deepEqual([stage, runsOn], ['failed', home]);
      assert.match(error?.message ?? '', /to the same host/);
      assert.match(error?.advice ?? '', /same machine under two names/);
      assert.equal(await homeOf('web'), home);
    } finally {
      await doubled.close();
    }
  });

  it('the target has not enough memory for QEMU', async () => {
    await lab.defineVm('h1', { name: 'big', memoryMiB: 3072 });
    await lab.virsh('h1', 'start', 'big');
    const limit = (bytes: string) =>
      lab.host('h2').run('sh', '-c', `prlimit --pid $(cat /run/libvirtd.pid) --as=${bytes}`);
    await limit('3300000000:unlimited');
    const { id, from } = await start('big');
    const migration = await act.ended(id);
    await limit('unlimited');
    await sound(migration, { stage: 'failed', code: 'target-memory', runsOn: from });
    await lab.destroyVm('h1', 'big');
  });

  describe('in post-copy', () => {
    const postCopying = async (): Promise<Started> => {
      const home = await homeOf('web');
      await lab.link(other(home), { rateMbit: 25 });
      act.fleet.change.policy = {
        ...act.fleet.change.policy,
        migration: { ...act.fleet.change.policy.migration, allowPostCopy: true },
      };
      const started = await start('web');
      await copying(started.id);
      await act.controller.migrations.tune(started.id, { postCopy: true }, ada);
      await act.seen(started.id, ({ progress }) => progress?.postCopy === true);
      return started;
    };

    /** Until the target has taken over, a failure is one of pre-copy. */
    const runsThere = async (to: string): Promise<void> => {
      for (;;) {
        if ((await lab.virsh(to, 'domstate', 'web')).startsWith('running')) return;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    };

    it('it cannot be called back, and arrives', async () => {
      const { id, to } = await postCopying();
      await assert.rejects(act.controller.migrations.abort(id, null, ada), /cannot be called back/);
      await lab.link(to, 'up');
      await sound(await act.ended(id), { stage: 'done', runsOn: to });
    });

    it('the link is cut: it stands still, and is taken up again when the link is back', async () => {
      const { id, to } = await postCopying();
      await runsThere(to);
      await lab.link(to, 'down');
      await act.seen(id, ({ waitingFor }) => waitingFor?.startsWith('post-copy broke') ?? false);
      await lab.link(to, 'up');
      await sound(await act.ended(id), { stage: 'done', runsOn: to });
    });

    it("the source's QEMU is killed: the VM is lost, and nobody says that it runs", async () => {
      const { id, from, to } = await postCopying();
      await runsThere(to);
      await lab.signalQemu('web', 'SIGKILL', from);
      const { stage, error, runsOn } = await act.ended(id);
      assert.equal(stage, 'failed');
      assert.equal(error?.code, 'post-copy-lost', error?.message);
      assert.match(error.message, /web is lost/);
      assert.match(error.advice, new RegExp(`virsh destroy web" on ${to}`));
      assert.equal(runsOn, null);
      assert.deepEqual(act.controller.reservations(), []);
      // libvirtd of the source may hang in the migration for minutes, and lets go when it starts anew.
      await lab.link(to, 'up');
      await lab.signalQemu('web', 'SIGKILL', to).catch(() => undefined);
      while ((await placesOf('web')).length > 0) await new Promise((resolve) => setTimeout(resolve, 100));
      await lab.killLibvirtd(from);
      await lab.startLibvirtd(from);
      await lab.startVm(from, 'web');
      assert.deepEqual(await placesOf('web'), [from]);
    });
  });
});

const addOdd = async (name: string, change: (xml: string) => string): Promise<void> => {
  await lab.defineVm('h1', { name });
  const file = join(lab.dir, `${name}-odd.xml`);
  await writeFile(file, change(lab.vmXml(name)));
  await lab.virsh('h1', 'define', file);
  // A guest that still boots migrates like any other.
  await lab.virsh('h1', 'start', name);
};
