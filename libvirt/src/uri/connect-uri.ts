import { homedir } from 'node:os';
import { join } from 'node:path';
import { ErrorCode, LibvirtError } from '../errors/libvirt-error.ts';

export type TransportName = 'unix' | 'tcp' | 'tls' | 'ssh';

/** A libvirt connection URI, taken apart. */
export interface ConnectUri {
  /** As it was given. */
  readonly uri: string;
  /** What the daemon is asked to open: the URI without transport and host, e.g. `qemu:///system`. */
  readonly name: string;
  readonly driver: string;
  readonly transport: TransportName;
  /** Empty: this machine. */
  readonly host: string;
  readonly port: number | undefined;
  readonly user: string | undefined;
  /** The unix socket of the daemon, on the machine where it runs. */
  readonly socket: string;
  /** Folder with cacert.pem, clientcert.pem and clientkey.pem. */
  readonly pkiPath: string | undefined;
  /** False only by `no_verify=1`: the host's certificate is not checked. */
  readonly verify: boolean;
  readonly ssh: SshParameters;
}

export interface SshParameters {
  readonly command: string;
  readonly keyFile: string | undefined;
  /** Fail rather than ask for a password. */
  readonly batch: boolean;
  readonly checkHostKey: boolean;
  readonly proxy: 'auto' | 'native' | 'netcat';
  readonly netcat: string;
}

const SYSTEM_SOCKET = '/run/libvirt/libvirt-sock';
/** Parameters that speak to the client; all others are the driver's and stay in the name. */
const ownParameters = new Set(
  'name command socket auth authfile netcat keyfile pkipath known_hosts known_hosts_verify sshauth no_verify no_sanity no_tty tls_priority proxy mode'.split(
    ' ',
  ),
);
const forms = 'qemu:///system, qemu+tcp://host/system, qemu+tls://host/system or qemu+ssh://user@host/system';

function bad(uri: string, why: string): LibvirtError {
  return new LibvirtError(ErrorCode.badUri, `"${withoutPassword(uri)}" is not a usable libvirt URI: ${why}`);
}

function withoutPassword(uri: string): string {
  return uri.replace(/\/\/([^/@:]*):[^/@]*@/, '//$1:***@');
}

/** Takes a URI apart as libvirt does (docs: https://libvirt.org/uri.html). */
export function parseConnectUri(uri: string): ConnectUri {
  let url: URL;
  try {
    url = new URL(uri);
  } catch (cause) {
    throw new LibvirtError(
      ErrorCode.badUri,
      `"${withoutPassword(uri)}" is not a usable libvirt URI: it should look like ${forms}`,
      { cause },
    );
  }
  const [driver = '', named, ...rest] = url.protocol.slice(0, -1).split('+');
  if (rest.length > 0 || !uri.slice(url.protocol.length).startsWith('//')) {
    throw bad(uri, `it should look like ${forms}`);
  }
  if (url.password !== '') throw bad(uri, 'a password does not belong into it; hand it over as a credential');
  const host = decodeURIComponent(url.hostname.replace(/^\[|\]$/g, ''));
  const transport = chooseTransport(uri, named, host);
  const query = url.searchParams;
  return {
    uri,
    name: query.get('name') ?? remoteName(driver, url),
    driver,
    transport,
    host,
    port: url.port === '' ? undefined : Number(url.port),
    user: url.username === '' ? undefined : decodeURIComponent(url.username),
    socket: query.get('socket') ?? defaultSocket(url.pathname, transport),
    pkiPath: query.get('pkipath') ?? undefined,
    verify: !isOne(uri, query, 'no_verify'),
    ssh: {
      command: query.get('command') ?? 'ssh',
      keyFile: query.get('keyfile') ?? undefined,
      batch: isOne(uri, query, 'no_tty'),
      checkHostKey: !isOne(uri, query, 'no_verify'),
      proxy: proxyOf(uri, query.get('proxy')),
      netcat: query.get('netcat') ?? 'nc',
    },
  };
}

function chooseTransport(uri: string, named: string | undefined, host: string): TransportName {
  // Without a transport, libvirt takes TLS to another machine and the unix socket on this one.
  const transport = named ?? (host === '' ? 'unix' : 'tls');
  if (transport === 'unix' && host !== '')
    throw bad(uri, 'the unix transport reaches this machine only; drop the host');
  if (transport === 'unix') return transport;
  if (transport !== 'tcp' && transport !== 'tls' && transport !== 'ssh') {
    throw bad(uri, `the transport "${transport}" is not known; there are unix, tcp, tls and ssh`);
  }
  if (host === '') throw bad(uri, `the transport "${transport}" needs a host`);
  return transport;
}

function remoteName(driver: string, url: URL): string {
  const kept = new URLSearchParams([...url.searchParams].filter(([key]) => !ownParameters.has(key)));
  // `remote://` leaves the choice of a driver to the daemon.
  if (driver === 'remote') return '';
  return `${driver}://${url.pathname === '' ? '/' : url.pathname}${kept.size > 0 ? `?${kept.toString()}` : ''}`;
}

function defaultSocket(path: string, transport: TransportName): string {
  // Whose session it would be on another machine is for that machine to say.
  if (path !== '/session' || transport !== 'unix') return SYSTEM_SOCKET;
  const runtime = process.env.XDG_RUNTIME_DIR;
  return join(runtime ?? join(homedir(), '.cache'), 'libvirt', 'libvirt-sock');
}

function isOne(uri: string, query: URLSearchParams, key: string): boolean {
  const value = query.get(key) ?? '0';
  if (!/^\d+$/.test(value)) throw bad(uri, `${key} should be 0 or 1, not "${value}"`);
  return Number(value) !== 0;
}

function proxyOf(uri: string, value: string | null): SshParameters['proxy'] {
  if (value === null || value === 'auto') return 'auto';
  if (value === 'native' || value === 'netcat') return value;
  throw bad(uri, `proxy should be auto, native or netcat, not "${value}"`);
}
