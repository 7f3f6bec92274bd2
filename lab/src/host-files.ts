import { copyFile, cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export interface HostFiles {
  /** The host's directory; its etc/, var/ and run/ become /etc, /var and /run/libvirt. */
  dir: string;
  uuid: string;
  /** Names and addresses of all hosts, for /etc/hosts. */
  addresses: ReadonlyMap<string, string>;
  /** A directory to become /etc/pki; with it the host listens for TLS. */
  pkiDir?: string | undefined;
  /** Further or other settings of libvirtd.conf, written as libvirt reads them: `"text"`, `5`, `["a"]`. */
  libvirtdConf?: Readonly<Record<string, string>> | undefined;
  /** Further files under /etc, by their path there. */
  etc?: Readonly<Record<string, string>> | undefined;
  /** What an earlier libvirtd found out about QEMU; spares each host five seconds of probing. */
  capabilitiesDir?: string | undefined;
  /** Files that guests boot from, put into /var/lib/libvirt/boot. */
  bootFiles: readonly string[];
}

/** What a host takes over from the machine: enough for programs to start and names to resolve. */
const machineEtc = [
  'ld.so.cache',
  'nsswitch.conf',
  'passwd',
  'group',
  'services',
  'protocols',
  'alternatives',
  'sasl2',
];

export async function writeHostFiles(files: HostFiles): Promise<void> {
  const at = (path: string): string => join(files.dir, path);
  const write = async (path: string, text: string): Promise<void> => {
    await mkdir(dirname(at(path)), { recursive: true });
    await writeFile(at(path), text);
  };
  for (const dir of [
    'run',
    'etc',
    'var/lib/libvirt/images',
    'var/lib/libvirt/boot',
    'var/log/libvirt',
    'var/cache',
    'var/tmp',
  ]) {
    await mkdir(at(dir), { recursive: true });
  }
  await symlink('/run', at('var/run'));

  for (const name of machineEtc) {
    await cp(join('/etc', name), at(`etc/${name}`), { recursive: true, verbatimSymlinks: true }).catch(
      ignoreMissing,
    );
  }
  // libvirtd wants this user to exist, although its guests run as root here.
  if (!(await readFile(at('etc/passwd'), 'utf8')).includes('libvirt-qemu:')) {
    await writeFile(at('etc/passwd'), 'libvirt-qemu:x:64055:64055::/:/usr/sbin/nologin\n', { flag: 'a' });
    await writeFile(at('etc/group'), 'libvirt-qemu:x:64055:\n', { flag: 'a' });
  }
  const hosts = [...files.addresses].map(([name, address]) => `${address} ${name}\n`);
  await write('etc/hosts', `127.0.0.1 localhost\n${hosts.join('')}`);
  if (files.pkiDir !== undefined) await cp(files.pkiDir, at('etc/pki'), { recursive: true });

  await write('etc/libvirt/libvirt.conf', 'uri_default = "qemu:///system"\n');
  await write('etc/libvirt/libvirtd.conf', settings({ ...libvirtdDefaults(files), ...files.libvirtdConf }));
  await write(
    'etc/libvirt/qemu.conf',
    settings({
      user: '"root"',
      group: '"root"',
      security_driver: '"none"',
      namespaces: '[]',
      remember_owner: '0',
      stdio_handler: '"file"',
    }),
  );
  // The pool every libvirt machine has: copying a disk to a host needs one there.
  const pool =
    "<pool type='dir'><name>default</name><target><path>/var/lib/libvirt/images</path></target></pool>\n";
  await write('etc/libvirt/storage/default.xml', pool);
  await mkdir(at('etc/libvirt/storage/autostart'));
  await symlink('/etc/libvirt/storage/default.xml', at('etc/libvirt/storage/autostart/default.xml'));
  for (const [path, text] of Object.entries(files.etc ?? {})) await write(`etc/${path}`, text);

  for (const file of files.bootFiles)
    await copyFile(file, at(join('var/lib/libvirt/boot', file.slice(file.lastIndexOf('/')))));
  if (files.capabilitiesDir !== undefined) {
    await cp(files.capabilitiesDir, at(capabilitiesPath), { recursive: true }).catch(ignoreMissing);
  }
}

/** Where libvirtd keeps what it found out about QEMU, inside a host's directory. */
export const capabilitiesPath = 'var/cache/libvirt/qemu/capabilities';

function libvirtdDefaults(files: HostFiles): Record<string, string> {
  return {
    listen_tls: files.pkiDir === undefined ? '0' : '1',
    listen_tcp: '1',
    auth_tcp: '"none"',
    auth_unix_rw: '"none"',
    unix_sock_group: '"root"',
    // libvirt refuses to migrate between two hosts with one uuid, and the machine has but one.
    host_uuid: `"${files.uuid}"`,
    keepalive_interval: '5',
    keepalive_count: '5',
    log_outputs: '"3:file:/var/log/libvirt/libvirtd.log"',
  };
}

function settings(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} = ${value}\n`)
    .join('');
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
}
