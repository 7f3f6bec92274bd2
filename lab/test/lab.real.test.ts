import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startLab, type Lab } from '../src/lab.ts';
import { runCommand } from '../src/run-command.ts';

/** Tells what of a lab is still on the machine. */
function leftovers(name: string, dir: string): string[] {
  const left: string[] = [];
  if (existsSync(`/sys/class/net/${name}`)) left.push(`link ${name}`);
  if (existsSync(dir)) left.push(dir);
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8');
  if (mounts.includes(`${dir}/`)) left.push(`mounts under ${dir}`);
  for (const pid of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      if (command.includes(dir) || readFileSync(`/proc/${pid}/mountinfo`, 'utf8').includes(`${dir}/`)) {
        left.push(`process ${pid}: ${command}`);
      }
    } catch {
      // It ended in the meantime.
    }
  }
  for (const top of existsSync('/sys/fs/cgroup') ? readdirSync('/sys/fs/cgroup') : []) {
    const at = join('/sys/fs/cgroup', top);
    if (top.startsWith(`${name}-h`)) left.push(at);
    else if (existsSync(join(at, 'cgroup.procs'))) {
      left.push(
        ...readdirSync(at)
          .filter((entry) => entry.startsWith(`${name}-h`))
          .map((entry) => join(at, entry)),
      );
    }
  }
  return left;
}

async function untilGone(name: string, dir: string): Promise<void> {
  for (let tries = 0; leftovers(name, dir).length > 0 && tries < 1200; tries++) await sleep(50);
  assert.deepEqual(leftovers(name, dir), []);
}

async function fieldOf(lab: Lab, host: string, vm: string, field: string): Promise<number> {
  const line = (await lab.virsh(host, 'domstats', vm))
    .split('\n')
    .find((each) => each.trim().startsWith(`${field}=`));
  assert.ok(line !== undefined, `virsh domstats has no ${field}`);
  return Number(line.split('=')[1]);
}

describe('a lab of two hosts with two guests each', { timeout: 720_000 }, () => {
  let lab: Lab;
  before(async () => {
    lab = await startLab({ hosts: 2, vmsPerHost: 2, tls: true, vm: { diskMiB: 16 } });
  });
  after(() => lab.down());

  test('every guest runs, and libvirtd answers over unix, TCP and TLS from here', async () => {
    for (const host of lab.hosts) {
      const number = host.name.slice(1);
      for (const uri of Object.values(host.uris) as string[]) {
        const names = await runCommand('virsh', ['-q', '-c', uri, 'list', '--name', '--state-running']);
        assert.deepEqual(names.trim().split('\n').sort(), [`vm${number}-1`, `vm${number}-2`], uri);
      }
    }
  });

  test('hosts differ in name, uuid and address', async () => {
    for (const about of ['hostname', 'capabilities']) {
      const [one, two] = await Promise.all(lab.hosts.map((host) => host.virsh(about)));
      const identity = (text: string): string => /<uuid>(.*?)<\/uuid>/.exec(text)?.[1] ?? text.trim();
      assert.notEqual(identity(one!), identity(two!));
    }
  });

  test('an order is taken, and the guest then uses that much CPU', { timeout: 240_000 }, async () => {
    const share = async (): Promise<number> => {
      const [before, start] = [await fieldOf(lab, 'h1', 'vm1-1', 'cpu.time'), process.hrtime.bigint()];
      await sleep(4000);
      return (
        ((await fieldOf(lab, 'h1', 'vm1-1', 'cpu.time')) - before) / Number(process.hrtime.bigint() - start)
      );
    };
    assert.deepEqual(await lab.order('vm1-1', { cpu: 0, mem: 0 }), { cpu: 0, mem: 0, set: 8, io: 0 });
    const idle = await share();
    assert.equal((await lab.order('vm1-1', { cpu: 50 })).cpu, 50);
    // A busy machine may not give it what it wants at once.
    let half = await share();
    for (let tries = 0; half <= idle + 0.1 && tries < 20; tries++) half = await share();
    assert.ok(half > idle + 0.1, `${half} of a CPU after the order, ${idle} before`);
    await lab.order('vm1-1', { cpu: 5 });
  });

  test('a guest writes its disk when ordered to', { timeout: 240_000 }, async () => {
    const written = (): Promise<number> => fieldOf(lab, 'h2', 'vm2-1', 'block.0.wr.bytes');
    const before = await written();
    await lab.order('vm2-1', { io: 64 });
    for (let tries = 0; (await written()) === before && tries < 300; tries++) await sleep(200);
    assert.ok((await written()) > before);
    await lab.order('vm2-1', { io: 0 });
  });

  test('a host counts its own processes, not the machine', async () => {
    const idle = async (host: string): Promise<string> => await lab.host(host).run('cat', '/proc/stat');
    const [one, two] = await Promise.all([idle('h1'), idle('h2')]);
    assert.notEqual(one.split('\n')[0], two.split('\n')[0]);
    assert.ok(Number(/user:\s+(\d+)/.exec(await lab.virsh('h1', 'nodecpustats'))?.[1]) > 0);
  });

  test('a link goes down, comes up, and slows down', { timeout: 240_000 }, async () => {
    const reached = (): Promise<boolean> =>
      new Promise((resolve) => {
        const socket = connect({ port: 16509, host: lab.host('h2').address, timeout: 1000 });
        const end = (yes: boolean) => (): void => {
          socket.destroy();
          resolve(yes);
        };
        socket.once('connect', end(true)).once('timeout', end(false)).once('error', end(false));
      });
    await lab.link('h2', 'down');
    assert.equal(await reached(), false);
    await lab.link('h2', 'up');
    // The first try may fall to what this machine remembers of the time without a link.
    for (let tries = 0; !(await reached()); tries++) assert.ok(tries < 60, 'h2 is not reached again');

    await lab.link('h2', { rateMbit: 80 });
    const liveMove = ['migrate', '--live', '--p2p', '--persistent', '--undefinesource', '--copy-storage-all'];
    await lab.virsh('h1', ...liveMove, 'vm1-2', 'qemu+tcp://h2/system');
    const job = await lab.virsh('h2', 'domjobinfo', '--completed', 'vm1-2');
    const [, elapsed] = /Time elapsed:\s+(\d+)/.exec(job) ?? [];
    // 16 MiB of disk and over 20 MiB of memory do not fit through 80 Mbit/s in less.
    assert.ok(Number(elapsed) > 3000, job);
    await lab.link('h2', 'up');
    assert.equal((await lab.order('vm1-2', { mem: 2 })).mem, 2, 'its address moved with it');
    await lab.virsh('h2', ...liveMove, '--tls', 'vm1-2', 'qemu+tls://h1/system');
    assert.match(await lab.virsh('h1', 'list', '--name'), /vm1-2/);
  });

  test('libvirtd is killed and started again; its guests run on', { timeout: 240_000 }, async () => {
    await lab.killLibvirtd('h2');
    await assert.rejects(lab.virsh('h2', 'version'), /Failed to connect|Cannot connect|End of file/i);
    await lab.startLibvirtd('h2');
    assert.match(await lab.virsh('h2', 'domstate', 'vm2-1'), /running/);
  });

  test('a stopped QEMU no longer answers, and a killed one is gone', { timeout: 240_000 }, async () => {
    await lab.signalQemu('vm2-2', 'SIGSTOP');
    const pid = await lab.host('h2').qemuPid('vm2-2');
    assert.match(await lab.host('h2').run('cat', `/proc/${pid}/stat`), / T /);
    await lab.signalQemu('vm2-2', 'SIGCONT');
    await lab.signalQemu('vm2-2', 'SIGKILL');
    for (
      let tries = 0;
      (await lab.virsh('h2', 'domstate', 'vm2-2')).trim() !== 'shut off' && tries < 600;
      tries++
    ) {
      await sleep(100);
    }
    await lab.startVm('h2', 'vm2-2');
    assert.match(await lab.virsh('h2', 'domstate', 'vm2-2'), /running/);
  });

  test('a guest is defined with what its spec says', { timeout: 240_000 }, async () => {
    await lab.defineVm('h1', { name: 'extra', memoryMiB: 112, vcpus: 2, cpuModel: 'Nehalem' });
    const xml = await lab.virsh('h1', 'dumpxml', 'extra');
    assert.match(xml, /<memory unit='KiB'>114688</);
    assert.match(xml, /<vcpu placement='static'>2</);
    assert.match(xml, /Nehalem/);
    await lab.addVm('h1', { name: 'passing', persistent: false });
    await lab.destroyVm('h1', 'passing');
    assert.doesNotMatch(await lab.virsh('h1', 'list', '--all', '--name'), /passing/);
  });

  test(
    'a host that lost its power boots again with the definitions it had',
    { timeout: 240_000 },
    async () => {
      await lab.crashHost('h2');
      await assert.rejects(lab.virsh('h2', 'version'));
      await lab.bootHost('h2');
      assert.match(await lab.virsh('h2', 'domstate', 'vm2-1'), /shut off/);
      await lab.startVm('h2', 'vm2-1');
      assert.match(
        await runCommand('virsh', ['-q', '-c', lab.host('h2').uris.tcp, 'domstate', 'vm2-1']),
        /running/,
      );
    },
  );
});

test('two labs run side by side, and each leaves nothing when it ends', { timeout: 240_000 }, async () => {
  const [one, two] = await Promise.all([
    startLab({ hosts: 1, cpuCap: 50, hostMemoryMiB: 1024 }),
    startLab({ hosts: 1 }),
  ]);
  try {
    assert.notEqual(one.name, two.name);
    assert.notEqual(one.host('h1').address, two.host('h1').address);
    assert.match(await one.virsh('h1', 'nodememstats'), /total\s*:\s+1048576 KiB/);
  } finally {
    await one.down();
    assert.deepEqual(leftovers(one.name, one.dir), []);
    assert.match(await two.virsh('h1', 'version'), /QEMU/);
    await two.down();
  }
  assert.deepEqual(leftovers(two.name, two.dir), []);
});

test('a lab whose owner is killed goes with it', { timeout: 240_000 }, async () => {
  const script = `
    import { startLab } from ${JSON.stringify(join(import.meta.dirname, '../src/lab.ts'))};
    const lab = await startLab({ hosts: 1, vmsPerHost: 1, cpuCap: 100 });
    console.log(JSON.stringify([lab.name, lab.dir]));
    setInterval(() => undefined, 1000);`;
  const owner = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const line = await new Promise<string>((resolve, reject) => {
    createInterface(owner.stdout).once('line', resolve);
    owner.once('exit', () => {
      reject(new Error('the owner ended before its lab was up'));
    });
  });
  const [name, dir] = JSON.parse(line) as [string, string];
  assert.notDeepEqual(leftovers(name, dir), []);
  owner.kill('SIGKILL');
  await untilGone(name, dir);
});

test('wrong wishes get a sentence', async () => {
  await assert.rejects(startLab({ hosts: 0 }), /a lab has 1 to 9 hosts, not 0/);
});
