import { setTimeout as sleep } from 'node:timers/promises';
import { runCommand } from './run-command.ts';
import type { Slot } from './slot.ts';

/** How a host's cable is: whole, pulled out, or slow in both directions. */
export type LinkState = 'up' | 'down' | { rateMbit: number };

/** Commands of `ip`, run in the network namespace of a process. */
async function ip(pid: number, ...commands: string[]): Promise<void> {
  await runCommand('nsenter', ['-t', String(pid), '-n', 'ip', '-batch', '-'], {
    input: `${commands.join('\n')}\n`,
  });
}

/** The lab's switch, and the cable from it to this machine. */
export async function layUplink(slot: Slot, labPid: number): Promise<void> {
  const inside = `${slot.name}p`;
  await runCommand('ip', ['link', 'set', inside, 'netns', String(labPid)]);
  await ip(
    labPid,
    'link set lo up',
    'link add br0 type bridge',
    `link set ${inside} name uplink master br0`,
    'link set uplink up',
    'link set br0 up',
  );
  await runCommand('ip', ['addr', 'add', `${slot.uplinkAddress}/24`, 'dev', slot.name]);
  await runCommand('ip', ['link', 'set', slot.name, 'up']);
}

/** A cable from the switch to a host, and the host's bridge for its guests. */
export async function layCable(
  labPid: number,
  host: { name: string; pid: number; address: string },
): Promise<void> {
  await runCommand('ip', [
    ...['link', 'add', host.name, 'netns', String(labPid), 'type', 'veth'],
    ...['peer', 'name', 'eth0', 'netns', String(host.pid)],
  ]);
  const last = host.address.split('.').map((part) => Number(part).toString(16).padStart(2, '0'));
  await ip(
    host.pid,
    'link set lo up',
    // A MAC of its own: a bridge without one takes over the lowest of its ports', which may be a guest's tap with
    // the same MAC on two hosts, and that cuts the link.
    `link add br0 address 02:77:${last.join(':')} type bridge`,
    'link set eth0 master br0',
    'link set eth0 up',
    `addr add ${host.address}/24 dev br0`,
    'link set br0 up',
  );
  await ip(labPid, `link set ${host.name} master br0`, `link set ${host.name} up`);
  await untilForwarding(labPid, host.name);
}

export async function setLink(
  labPid: number,
  host: { name: string; pid: number },
  state: LinkState,
): Promise<void> {
  const ends: [number, string][] = [
    [labPid, host.name],
    [host.pid, 'eth0'],
  ];
  for (const [pid, device] of ends) {
    const tc = (...args: string[]): Promise<string> =>
      runCommand('nsenter', ['-t', String(pid), '-n', 'tc', 'qdisc', ...args]);
    if (typeof state === 'object') {
      // Token buckets at both ends, as each shapes what it sends. There is no netem in small kernels.
      const bucket = ['rate', `${state.rateMbit}mbit`, 'burst', '64kb', 'latency', '100ms'];
      await tc('replace', 'dev', device, 'root', 'tbf', ...bucket);
    } else if ((await tc('show', 'dev', device)).includes('tbf')) {
      await tc('del', 'dev', device, 'root');
    }
  }
  await ip(labPid, `link set ${host.name} ${state === 'down' ? 'down' : 'up'}`);
  if (state !== 'down') await untilForwarding(labPid, host.name);
}

/** The kernel tells its bridge of a cable that came up at its leisure, up to a second later. */
async function untilForwarding(labPid: number, port: string): Promise<void> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const said = await runCommand('nsenter', [
      '-t',
      String(labPid),
      '-n',
      'bridge',
      'link',
      'show',
      'dev',
      port,
    ]);
    if (said.includes('state forwarding')) return;
    if (Date.now() > deadline) throw new Error(`the switch does not forward to ${port}: ${said.trim()}`);
    await sleep(20);
  }
}
