import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

export interface GuestCounters {
  /** How long its vCPU ran, and how long it wanted to run and had to wait, in milliseconds since it began. */
  read(): { at: number; ranMs: number; waitedMs: number };
  /** Gives its QEMU the CPU before all others on this machine, where the kernel lets us. */
  goFirst(): void;
}

/** What the kernel of this machine counts of a guest with one vCPU, past libvirt and all that reads from it. */
export function guestCounters(xml: string): GuestCounters {
  const uuid = /<uuid>(.*?)<\/uuid>/.exec(xml)![1]!;
  const read = (file: string): string => {
    try {
      return readFileSync(file, 'utf8');
    } catch {
      return ''; // it ended meanwhile
    }
  };
  const pid = readdirSync('/proc').find((name) => {
    if (!/^\d+$/.test(name)) return false;
    const words = read(`/proc/${name}/cmdline`).split('\0');
    return words[words.indexOf('-uuid') + 1] === uuid;
  });
  if (pid === undefined) throw new Error(`no QEMU of this machine runs ${uuid}`);
  const tasks = `/proc/${pid}/task`;
  const vcpu = readdirSync(tasks).find((task) => read(`${tasks}/${task}/comm`).startsWith('CPU 0/'));
  if (vcpu === undefined) throw new Error(`the QEMU of ${uuid} names none of its threads as a vCPU`);
  return {
    read: () => {
      const [ran, waited] = readFileSync(`${tasks}/${vcpu}/schedstat`, 'utf8').split(' ').map(Number);
      return { at: Date.now(), ranMs: ran! / 1e6, waitedMs: waited! / 1e6 };
    },
    goFirst: () => {
      spawnSync('chrt', ['--all-tasks', '--rr', '--pid', '1', pid]);
    },
  };
}
