import { existsSync } from 'node:fs';
import {
  constants,
  access,
  cp,
  mkdir,
  mkdtemp,
  open,
  readFile,
  rename,
  rm,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { consolePath, diskPath, domainXml, type VmIdentity, type VmSpec } from './domain-xml.ts';
import { guestImage } from './guest-image.ts';
import { guestOrder, type GuestLoad } from './guest-order.ts';
import { capabilitiesPath, writeHostFiles } from './host-files.ts';
import { Host } from './host.ts';
import { layCable, layUplink, setLink, type LinkState } from './network.ts';
import { pki, type Pki } from './pki.ts';
import { maxGuests, maxHosts } from './slot.ts';
import { Supervisor } from './supervisor.ts';

export type { GuestLoad, Host, LinkState, VmSpec };

export interface LabOptions {
  /** How many hosts, h1, h2, ...; 2 by default. */
  hosts?: number;
  /** Guests started on each host, vm1-1, vm1-2, ..., all up when startLab resolves; none by default. */
  vmsPerHost?: number;
  /** What those guests look like. */
  vm?: Omit<VmSpec, 'name'>;
  /** Hosts also listen for TLS, with certificates for all sides. */
  tls?: boolean;
  /** Percent of one CPU that a whole host may use, and says it has; the machine's CPUs by default. */
  cpuCap?: number;
  /** The memory a host says it has; the machine's by default. Nothing keeps it from using more. */
  hostMemoryMiB?: number;
  /** Further settings of libvirtd.conf as libvirt reads them, such as `{ auth_tls: '"sasl"' }`. */
  libvirtdConf?: Readonly<Record<string, string>>;
  /** Further files under each host's /etc, by their path there. */
  etc?: Readonly<Record<string, string>>;
}

const cacheDir = join(import.meta.dirname, '../../var/lab');
const capabilitiesDir = join(cacheDir, 'capabilities');
const bootTimeoutMs = 120_000;

/** A fleet of real libvirtds with real guests. It ends with `down()`, or with the process that started it. */
export class Lab {
  readonly hosts: readonly Host[];
  /** The directory with cacert.pem, clientcert.pem and clientkey.pem; only in a lab with `tls`. */
  readonly clientPkiDir: string | undefined;
  /** Whether the hosts' CPU cap holds; false where this machine gives no control over cgroups, or none was asked. */
  readonly cpuCapped: boolean;
  readonly #supervisor: Supervisor;
  readonly #options: LabOptions;
  readonly #vms = new Map<string, { spec: VmSpec; identity: VmIdentity }>();

  constructor(
    supervisor: Supervisor,
    hosts: Host[],
    options: LabOptions,
    clientPkiDir: string | undefined,
    capped: boolean,
  ) {
    this.#supervisor = supervisor;
    this.hosts = hosts;
    this.#options = options;
    this.clientPkiDir = clientPkiDir;
    this.cpuCapped = capped;
  }

  /** Unique among the labs on this machine; also the name of the machine's link into the lab. */
  get name(): string {
    return this.#supervisor.slot.name;
  }

  /** All the lab's files. */
  get dir(): string {
    return this.#supervisor.dir;
  }

  host(name: string): Host {
    const host = this.hosts.find((each) => each.name === name);
    if (host === undefined)
      throw new Error(`the lab has no host ${name}: ${this.hosts.map((h) => h.name).join(', ')}`);
    return host;
  }

  /** The names of all guests that were ever defined in this lab. */
  get vms(): string[] {
    return [...this.#vms.keys()];
  }

  /** A guest's address in the lab's subnet, the same wherever it runs. */
  vmAddress(vm: string): string {
    return this.#vm(vm).identity.address;
  }

  /** The libvirt definition of a guest, for tests that change it before they use it. */
  vmXml(vm: string): string {
    const { spec, identity } = this.#vm(vm);
    return domainXml(spec, identity);
  }

  /** Defines a guest on a host and boots it; resolves when it takes orders. */
  async addVm(host: string, spec: VmSpec): Promise<void> {
    if (spec.persistent ?? true) {
      await this.defineVm(host, spec);
      await this.startVm(host, spec.name);
      return;
    }
    const file = await this.#prepareVm(host, spec);
    await this.#boot(host, spec.name, 'create', file);
  }

  /** Defines a guest on a host without starting it. */
  async defineVm(host: string, spec: VmSpec): Promise<void> {
    const file = await this.#prepareVm(host, spec);
    await this.virsh(host, 'define', file);
  }

  /** Starts a defined guest; resolves when it takes orders. */
  async startVm(host: string, vm: string): Promise<void> {
    await this.#boot(host, vm, 'start', vm);
  }

  /** Pulls a guest's power plug. A transient guest is gone then. */
  async destroyVm(host: string, vm: string): Promise<void> {
    await this.virsh(host, 'destroy', vm);
  }

  /** Changes what load a guest makes, wherever it runs; what is not named stays. */
  order(vm: string, load: Partial<GuestLoad>): Promise<GuestLoad> {
    return guestOrder(this.vmAddress(vm), load);
  }

  /** Sends a signal to the QEMU of a guest, on whichever host runs it. */
  async signalQemu(vm: string, signal: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL', on?: string): Promise<void> {
    for (const host of on === undefined ? this.hosts : [this.host(on)]) {
      const pid = await host.qemuPid(vm);
      if (pid === undefined) continue;
      await host.run('kill', `-${signal.slice(3)}`, pid);
      return;
    }
    throw new Error(`no host of the lab runs ${vm}`);
  }

  async link(host: string, state: LinkState): Promise<void> {
    await setLink(this.#supervisor.labPid, this.host(host), state);
  }

  virsh(host: string, ...args: string[]): Promise<string> {
    return this.host(host).virsh(...args);
  }

  killLibvirtd(host: string): Promise<void> {
    return this.host(host).killLibvirtd();
  }

  startLibvirtd(host: string): Promise<void> {
    return this.host(host).startLibvirtd();
  }

  /** Takes a host's power away: libvirtd and all its guests are gone at once. */
  async crashHost(name: string): Promise<void> {
    const { pid } = this.host(name);
    process.kill(pid, 'SIGKILL');
    while (existsSync(`/proc/${pid}`)) await sleep(20);
  }

  /** Boots a crashed host again, with the definitions and disks it had. */
  async bootHost(name: string): Promise<void> {
    const host = this.host(name);
    await rm(join(host.dir, 'run'), { recursive: true });
    await mkdir(join(host.dir, 'run'));
    host.pid = await this.#supervisor.bootHost(
      name,
      this.cpuCapped ? this.#options.cpuCap! : 0,
      this.#options.hostMemoryMiB ?? 0,
    );
    await layCable(this.#supervisor.labPid, host);
    await host.startLibvirtd();
  }

  /** Ends the lab; nothing of it is left when this resolves. */
  async down(): Promise<void> {
    await this.#supervisor.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.down();
  }

  #vm(name: string): { spec: VmSpec; identity: VmIdentity } {
    const vm = this.#vms.get(name);
    if (vm === undefined)
      throw new Error(`the lab has no guest ${name}: ${this.vms.join(', ') || 'none is defined'}`);
    return vm;
  }

  /** Gives a guest its place in the lab, its disk and its definition file. */
  async #prepareVm(hostName: string, spec: VmSpec): Promise<string> {
    const host = this.host(hostName);
    const known = this.#vms.get(spec.name)?.identity;
    this.#vms.set(spec.name, { spec, identity: known ?? this.#newIdentity() });
    if (spec.diskMiB !== undefined) {
      const disk = join(host.dir, diskPath(spec.name));
      await (await open(disk, constants.O_CREAT)).close();
      await truncate(disk, spec.diskMiB * 2 ** 20);
    }
    const file = join(host.dir, `${spec.name}.xml`);
    await writeFile(file, this.vmXml(spec.name));
    return file;
  }

  #newIdentity(): VmIdentity {
    const guest = this.#vms.size;
    if (guest >= maxGuests) throw new Error(`a lab holds at most ${maxGuests} guests`);
    const { number, guestAddress } = this.#supervisor.slot;
    const hex = (value: number): string => value.toString(16).padStart(2, '0');
    return {
      uuid: `77000000-0000-4000-9000-00000000${hex(number)}${hex(guest)}`,
      mac: `52:54:00:77:${hex(number)}:${hex(guest)}`,
      address: guestAddress(guest),
    };
  }

  async #boot(hostName: string, vm: string, ...command: string[]): Promise<void> {
    const host = this.host(hostName);
    const console = join(host.dir, consolePath(vm));
    const read = (): Promise<string> => readFile(console, 'utf8').catch(() => '');
    const before = (await read()).length;
    await host.virsh(...command);
    const deadline = Date.now() + bootTimeoutMs;
    for (;;) {
      const said = (await read()).slice(before);
      if (said.includes('UP ')) return;
      if (Date.now() > deadline)
        throw new Error(`${vm} did not boot within ${bootTimeoutMs / 1000} s; it said: ${said.slice(-500)}`);
      await sleep(100);
    }
  }
}

/** Starts a lab of its own name and subnet; several may run at once. */
export async function startLab(options: LabOptions = {}): Promise<Lab> {
  const count = options.hosts ?? 2;
  if (!Number.isInteger(count) || count < 1 || count > maxHosts)
    throw new Error(`a lab has 1 to ${maxHosts} hosts, not ${count}`);
  await checkMachine();
  const capped = options.cpuCap !== undefined && (await canCapCpu());
  if (options.cpuCap !== undefined && !capped) {
    process.emitWarning("the lab cannot cap its hosts' CPU here: no writable cgroup with a cpu controller");
  }
  const [image, certificates] = await Promise.all([
    guestImage(cacheDir),
    options.tls === true ? pki(cacheDir) : Promise.resolve(undefined),
  ]);
  const supervisor = await Supervisor.start();
  try {
    await layUplink(supervisor.slot, supervisor.labPid);
    const addresses = new Map<string, string>();
    for (let n = 1; n <= count; n++) addresses.set(`h${n}`, supervisor.slot.hostAddress(n));
    const hosts = await Promise.all(
      [...addresses.keys()].map((name) =>
        startHost(name, addresses, supervisor, options, capped, [image.kernel, image.initrd], certificates),
      ),
    );
    const lab = new Lab(supervisor, hosts, options, certificates?.clientDir, capped);
    const boots: Promise<void>[] = [];
    for (const [at, host] of hosts.entries()) {
      for (let v = 1; v <= (options.vmsPerHost ?? 0); v++)
        boots.push(lab.addVm(host.name, { ...options.vm, name: `vm${at + 1}-${v}` }));
    }
    await Promise.all(boots);
    await keepCapabilities(hosts[0]!);
    supervisor.unref();
    return lab;
  } catch (error) {
    await supervisor.stop();
    throw error;
  }
}

async function startHost(
  name: string,
  addresses: ReadonlyMap<string, string>,
  supervisor: Supervisor,
  options: LabOptions,
  capped: boolean,
  bootFiles: string[],
  certificates: Pki | undefined,
): Promise<Host> {
  const dir = join(supervisor.dir, name);
  const address = addresses.get(name)!;
  const hex = supervisor.slot.number.toString(16).padStart(2, '0');
  await writeHostFiles({
    dir,
    uuid: `77000000-0000-4000-8000-00000000${hex}0${name.slice(1)}`,
    addresses,
    pkiDir: certificates?.hostDir(name),
    libvirtdConf: options.libvirtdConf,
    etc: options.etc,
    capabilitiesDir,
    bootFiles,
  });
  const pid = await supervisor.bootHost(name, capped ? options.cpuCap! : 0, options.hostMemoryMiB ?? 0);
  const host = new Host(name, address, dir, pid, certificates?.clientDir);
  await layCable(supervisor.labPid, host);
  await host.startLibvirtd();
  return host;
}

async function checkMachine(): Promise<void> {
  if (process.getuid?.() !== 0)
    throw new Error('the lab needs root: it makes namespaces and network links; run the tests as root');
  const needed = [
    '/usr/sbin/libvirtd',
    '/usr/bin/virsh',
    '/usr/bin/qemu-system-x86_64',
    '/bin/busybox',
    join(cacheDir, 'kernel/complete'),
  ];
  for (const file of needed) {
    if (!existsSync(file)) throw new Error(`the lab needs ${file}: get it with "sh scripts/test-packages"`);
  }
  if (!existsSync('/dev/net/tun')) throw new Error("the lab needs /dev/net/tun, for its guests' network");
  if (
    !(await readFile('/proc/self/mountinfo', 'utf8')).split('\n').some((line) => line.split(' ')[4] === '/')
  ) {
    throw new Error(
      'the lab needs a root directory that is a mount point: bind-mount a chroot onto itself first',
    );
  }
}

async function canCapCpu(): Promise<boolean> {
  const cgroups = '/sys/fs/cgroup';
  try {
    await access(cgroups, constants.W_OK);
    if (existsSync(join(cgroups, 'cpu/tasks'))) return true;
    const controllers = await readFile(join(cgroups, 'cgroup.subtree_control'), 'utf8');
    return controllers.split(/\s/).includes('cpu');
  } catch {
    return false;
  }
}

/** Keeps what libvirtd found out about QEMU for the next lab. */
async function keepCapabilities(host: Host): Promise<void> {
  const work = await mkdtemp(join(cacheDir, 'capabilities-'));
  try {
    await cp(join(host.dir, capabilitiesPath), work, { recursive: true });
    await rm(capabilitiesDir, { recursive: true, force: true });
    await rename(work, capabilitiesDir);
  } catch {
    // Another lab keeps it at this moment, or nothing was asked of QEMU yet.
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
