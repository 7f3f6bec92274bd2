import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { lstat, mkdir, readFile } from 'node:fs/promises';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { runCommand } from './run-command.ts';
import { slot, slotCount, type Slot } from './slot.ts';

const shellDir = join(import.meta.dirname, '../sh');
/** Labs live beside each other here. Not /tmp: guests' disks are opened past the page cache, which tmpfs refuses. */
const labsDir = '/var/tmp/evenkeel-lab';
const slotTaken = 75;
const hostBootTimeoutMs = 20_000;

/**
 * The process that ends the lab when we end (lab/sh/supervise.sh): the pipe to it is what keeps the lab alive.
 */
export class Supervisor {
  readonly slot: Slot;
  readonly dir: string;
  /** PID 1 of the lab; its network namespace is the switch. */
  readonly labPid: number;
  readonly #child: ChildProcess;
  readonly #pids: PidReports;

  private constructor(slot: Slot, dir: string, labPid: number, child: ChildProcess, pids: PidReports) {
    this.slot = slot;
    this.dir = dir;
    this.labPid = labPid;
    this.#child = child;
    this.#pids = pids;
  }

  /** From now on the lab does not keep this process: a test that forgets it ends all the same, and its lab with it. */
  unref(): void {
    this.#child.unref();
    for (const stream of this.#child.stdio) if (stream instanceof Socket) stream.unref();
  }

  /** Starts an empty lab in the first free slot. */
  static async start(): Promise<Supervisor> {
    await mkdir(labsDir, { recursive: true, mode: 0o700 });
    const { uid } = await lstat(labsDir);
    if (uid !== 0)
      throw new Error(`${labsDir} belongs to user ${uid}, not to root: remove it, labs are made there`);
    for (let number = 0; number < slotCount; number++) {
      const candidate = slot(number);
      if (await subnetInUse(candidate)) continue;
      const dir = join(labsDir, String(number));
      const child = spawn('bash', [join(shellDir, 'supervise.sh'), dir, candidate.name], {
        stdio: ['pipe', 'pipe', 'pipe'],
        detached: true,
      });
      const pids = new PidReports(child);
      const labPid = await pids.of('lab');
      if (labPid !== undefined) return new Supervisor(candidate, dir, labPid, child, pids);
      if (child.exitCode !== slotTaken) throw new Error(`the lab did not start: ${pids.errors()}`);
    }
    throw new Error(`all ${slotCount} lab slots are taken: see "ip link" for evenkeel* and end a lab`);
  }

  /** Boots a host in its prepared directory; resolves with the pid, as the machine sees it, of its PID 1. */
  async bootHost(name: string, cpuCap: number, memoryMiB: number): Promise<number> {
    const pid = this.#pids.of(`host ${name}`);
    this.#child.stdin?.write(`host ${name} ${cpuCap} ${memoryMiB}\n`);
    const cancel = new AbortController();
    const tooLate = sleep(hostBootTimeoutMs, undefined, { signal: cancel.signal }).catch(() => undefined);
    const booted = await Promise.race([pid, tooLate]);
    cancel.abort();
    if (booted !== undefined) return booted;
    const log = await readFile(join(this.dir, name, 'boot.log'), 'utf8').catch(() => '');
    throw new Error(`${name} did not boot: ${log.trim() || this.#pids.errors()}`);
  }

  /** Ends everything in the lab; resolves when nothing of it is left. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.ref();
    const exited = once(this.#child, 'exit');
    this.#child.stdin?.end();
    await exited;
  }
}

/** Hears "WHAT PID" lines from the supervisor. */
class PidReports {
  readonly #waiting = new Map<string, (pid: number | undefined) => void>();
  #errors = '';
  #ended = false;

  constructor(child: ChildProcess) {
    child.stderr
      ?.setEncoding('utf8')
      .on('data', (text: string) => (this.#errors = (this.#errors + text).slice(-4000)));
    // Writing to a lab that just died is reported by 'close', below.
    child.stdin?.on('error', () => undefined);
    if (child.stdout) {
      createInterface(child.stdout).on('line', (line) => {
        const space = line.lastIndexOf(' ');
        this.#settle(line.slice(0, space), Number(line.slice(space + 1)));
      });
    }
    child.once('close', () => {
      this.#ended = true;
      for (const what of [...this.#waiting.keys()]) this.#settle(what, undefined);
    });
  }

  /** Resolves with undefined if the lab ends first. */
  of(what: string): Promise<number | undefined> {
    if (this.#ended) return Promise.resolve(undefined);
    return new Promise((resolve) => this.#waiting.set(what, resolve));
  }

  errors(): string {
    return this.#errors.trim() || 'no reason given';
  }

  #settle(what: string, pid: number | undefined): void {
    this.#waiting.get(what)?.(pid);
    this.#waiting.delete(what);
  }
}

/** Whether the machine has a route of its own into the slot's subnet. */
async function subnetInUse(candidate: Slot): Promise<boolean> {
  // Fails where there is no route at all, not even a default one.
  const route = await runCommand('ip', ['route', 'get', 'fibmatch', candidate.hostAddress(1)]).catch(
    () => 'default',
  );
  return !route.startsWith('default');
}
