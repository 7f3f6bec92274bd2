import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runCommand } from './run-command.ts';

const shellDir = join(import.meta.dirname, '../sh');

export interface HostUris {
  /** Through the socket file, which the machine sees as well. */
  unix: string;
  tcp: string;
  /** With the client's certificate in `pkipath`; only in a lab with `tls`. */
  tls?: string;
}

/** One real libvirtd, in namespaces of its own. */
export class Host {
  readonly name: string;
  /** Its address in the lab's subnet, reachable from this process. Its name resolves on hosts only. */
  readonly address: string;
  /** Its files: etc/, var/ and run/ are the host's /etc, /var and /run/libvirt. */
  readonly dir: string;
  /** libvirtd's socket. */
  readonly socketPath: string;
  readonly uris: HostUris;
  /** Its PID 1, as the machine sees it. */
  pid: number;

  constructor(name: string, address: string, dir: string, pid: number, clientPkiDir: string | undefined) {
    this.name = name;
    this.address = address;
    this.dir = dir;
    this.pid = pid;
    this.socketPath = join(dir, 'run/libvirt-sock');
    this.uris = {
      unix: `qemu+unix:///system?socket=${this.socketPath}`,
      tcp: `qemu+tcp://${address}/system`,
      ...(clientPkiDir === undefined ? {} : { tls: `qemu+tls://${address}/system?pkipath=${clientPkiDir}` }),
    };
  }

  /** Runs a program inside the host, under its CPU cap. */
  run(program: string, ...args: string[]): Promise<string> {
    return runCommand('bash', [join(shellDir, 'in-host.sh'), this.dir, String(this.pid), program, ...args]);
  }

  /** Runs virsh against this host, with any file paths as this process sees them. */
  virsh(...args: string[]): Promise<string> {
    return runCommand('virsh', ['-q', '-c', this.uris.unix, ...args], { timeoutMs: 120_000 });
  }

  /** Starts libvirtd and waits until it answers. */
  async startLibvirtd(): Promise<void> {
    await this.run('/usr/sbin/libvirtd', '-d', '-l');
    const deadline = Date.now() + 60_000;
    for (;;) {
      try {
        await this.virsh('version');
        return;
      } catch (error) {
        if (Date.now() > deadline)
          throw new Error(`libvirtd of ${this.name} does not answer`, { cause: error });
        await sleep(50);
      }
    }
  }

  /** Kills libvirtd as a crash would; its guests keep running. */
  async killLibvirtd(): Promise<void> {
    const pid = (await this.run('cat', '/run/libvirtd.pid')).trim();
    await this.run('kill', '-KILL', pid);
    while (
      await this.run('test', '-e', `/proc/${pid}/exe`).then(
        () => true,
        () => false,
      )
    )
      await sleep(20);
  }

  /** The pid, inside the host, of the QEMU that runs a guest here; undefined if none does. */
  async qemuPid(vm: string): Promise<string | undefined> {
    const file = join(this.dir, 'run/qemu', `${vm}.pid`);
    try {
      await access(file);
      return (await readFile(file, 'utf8')).trim();
    } catch {
      return undefined;
    }
  }
}
