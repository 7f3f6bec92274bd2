// Records what libvirt's own client and a real libvirtd say to each other, into frames.json beside this file.
//   node libvirt/test/golden/capture.ts        (root; gets a lab of two hosts)
// virsh speaks through a recording proxy; what virsh has no command for is asked by our own client through the same
// proxy, so that at least libvirtd's understanding and its answer are libvirt's own.
import { execFile } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { Duplex, PassThrough, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { startLab, type Host } from '@evenkeel/lab';
import * as protocol from '../../src/protocol.ts';
import { LibvirtClient, MigrateFlag } from '../../src/index.ts';
import { openTransport } from '../../src/transport/open-transport.ts';
import { recordedValue } from './recorded-value.ts';

const { HEADER_BYTES, PacketSplitter, PacketStatus, PacketType, readHeader } = protocol;
const run = promisify(execFile);

interface Recorded {
  name: string;
  program: number;
  number: number;
  by: string;
  args?: { hex: string; value: unknown };
  ret?: { hex: string; value: unknown };
  error?: { hex: string; value: unknown };
  message?: { hex: string; value: unknown };
}

const definitions = Object.entries(protocol as Record<string, unknown>).filter(
  (entry): entry is [string, protocol.Procedure<unknown, unknown> | protocol.EventMessage<unknown>] => {
    const value = entry[1];
    return typeof value === 'object' && value !== null && 'number' in value && 'program' in value;
  },
);
const frames = new Map<string, Recorded>();
let speaker = 'virsh';

function record(calls: Map<number, string>, packet: Buffer): void {
  const header = readHeader(packet);
  const found = definitions.find(([, d]) => d.program === header.program && d.number === header.procedure);
  if (found === undefined) return;
  const [name, definition] = found;
  const key = name;
  const entry = frames.get(key) ?? { name, program: header.program, number: header.procedure, by: speaker };
  const part = <T>(codec: protocol.Codec<T>): { hex: string; value: unknown } => ({
    hex: packet.toString('hex'),
    value: recordedValue(protocol.decodePayload(packet, codec)),
  });
  if ('payload' in definition) {
    if (header.type !== PacketType.message) return;
    // Of the events of a kind the richest is kept.
    if (entry.message === undefined || entry.message.hex.length < packet.length * 2) entry.message = part(definition.payload);
  } else if (header.type === PacketType.call) {
    calls.set(header.serial, packet.toString('hex'));
    entry.args ??= part(definition.args);
  } else if (header.type === PacketType.reply && header.status === PacketStatus.ok) {
    // An answer and the question that it belongs to.
    if (entry.ret === undefined || (name === 'nodeGetCpuStats' && packet.length > entry.ret.hex.length / 2) || (name === 'nodeGetMemoryStats' && packet.length > entry.ret.hex.length / 2)) {
      entry.ret = part(definition.ret);
      const call = Buffer.from(calls.get(header.serial) ?? '', 'hex');
      if (call.length >= HEADER_BYTES) {
        entry.args = { hex: call.toString('hex'), value: recordedValue(protocol.decodePayload(call, definition.args)) };
      }
      entry.by = speaker;
    }
  } else if (header.status === PacketStatus.error) {
    entry.error ??= part(protocol.remoteError);
  }
  frames.set(key, entry);
}

function startProxy(path: string, target: string): Promise<() => void> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const host = connect(target);
    const calls = new Map<number, string>();
    const watch = (from: Socket, to: Socket): void => {
      const splitter = new PacketSplitter((packet) => {
        record(calls, packet);
      });
      sockets.add(from);
      from.on('data', (chunk: Buffer) => {
        splitter.push(chunk);
        to.write(chunk);
      });
      from.on('close', () => to.destroy());
      from.on('error', () => to.destroy());
    };
    watch(client, host);
    watch(host, client);
  });
  return new Promise((resolve) => {
    server.listen(path, () => {
      resolve(() => {
        server.close();
        for (const socket of sockets) socket.destroy();
      });
    });
  });
}

await using lab = await startLab({ hosts: 2, vmsPerHost: 1, tls: true, vm: { diskMiB: 16, load: { mem: 2, set: 8 } },
  libvirtdConf: { auth_tls: '"sasl"' },
  etc: { 'sasl2/libvirt.conf': 'mech_list: scram-sha-256\nsasldb_path: /etc/libvirt/passwd.db\n' },
});
const proxied = (host: Host): string => `qemu+unix:///system?socket=${join(lab.dir, `${host.name}.proxy`)}`;
const stops = await Promise.all(
  lab.hosts.map((host) => startProxy(join(lab.dir, `${host.name}.proxy`), host.socketPath)),
);
const h1 = lab.host('h1');
const h2 = lab.host('h2');

/** The same stream, with all that passes recorded. */
function tap(stream: Duplex): Duplex {
  const calls = new Map<number, string>();
  const splitters = [0, 1].map(
    () =>
      new PacketSplitter((packet) => {
        record(calls, packet);
      }),
  );
  const incoming = new PassThrough();
  stream.on('data', (chunk: Buffer) => {
    splitters[1]!.push(chunk);
    incoming.write(chunk);
  });
  stream.on('close', () => incoming.end());
  const outgoing = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      splitters[0]!.push(chunk);
      stream.write(chunk, done);
    },
    destroy: (error, done) => {
      stream.destroy();
      done(error);
    },
  });
  return Duplex.from({ readable: incoming, writable: outgoing });
}

async function virsh(...args: string[]): Promise<void> {
  const { stderr } = await run('virsh', ['-q', '-c', proxied(h1), ...args], { timeout: 120_000 }).catch(
    (error: unknown) => ({ stderr: String((error as { stderr?: string }).stderr ?? error) }),
  );
  if (stderr !== '') process.stdout.write(`virsh ${args.join(' ')}: ${stderr.trim()}\n`);
}

const xmlFile = join(lab.dir, 'extra.xml');
await writeFile(
  xmlFile,
  lab
    .vmXml('vm1-1')
    .replaceAll('vm1-1', 'extra')
    .replace(/<uuid>.*<\/uuid>/, '<uuid>77000000-0000-4000-9000-0000000000ee</uuid>')
    .replace(/<disk[^]*<\/disk>/, ''),
);
const cpuFile = join(lab.dir, 'cpu.xml');
await writeFile(cpuFile, "<cpu mode='custom' match='exact'><model>qemu64</model></cpu>");
const volumeFile = join(lab.dir, 'volume.xml');
await writeFile(
  volumeFile,
  "<volume><name>golden.img</name><capacity unit='MiB'>1</capacity><target><format type='raw'/></target></volume>",
);

const watching = run('virsh', ['-c', proxied(h1), 'event', '--all', '--loop', '--timeout', '60']).catch(() => undefined);
const watchingQemu = run('virsh', ['-c', proxied(h1), 'qemu-monitor-event', '--loop', '--timeout', '40']).catch(() => undefined);
await sleep(500);
const uuid = (await h1.virsh('domuuid', 'vm1-1')).trim();
for (const line of [
  'version --daemon', 'hostname', 'uri', 'capabilities', 'domcapabilities', 'nodeinfo', 'nodecpustats', 'nodememstats',
  'freecell', 'freecell --all', 'nodecpumap', `hypervisor-cpu-compare ${cpuFile}`, 'list --all', `domname ${uuid}`,
  'domstats vm1-1 --nowait', 'dumpxml vm1-1', 'dominfo vm1-1', 'domstate vm1-1 --reason', 'dommemstat vm1-1',
  'dommemstat vm1-1 --period 2 --live', 'domdirtyrate-calc vm1-1 --seconds 1', 'domjobinfo vm1-1', 'domjobabort vm1-1',
  'domjobabort vm1-1 --postcopy', 'migrate-setmaxdowntime vm1-1 400', 'migrate-getmaxdowntime vm1-1',
  'migrate-setspeed vm1-1 100', 'migrate-getspeed vm1-1', 'migrate-compcache vm1-1 --size 67108864', 'migrate-postcopy vm1-1',
  `define ${xmlFile} --validate`, 'start extra', 'suspend extra', 'resume extra', 'setmem vm1-1 80MiB --live', 'reset vm1-1',
  'shutdown extra', 'shutdown extra --mode acpi', 'destroy extra --graceful', 'start extra --paused', 'destroy extra --graceful',
  'undefine extra --nvram', `create ${xmlFile}`, 'destroy extra --graceful', 'pool-refresh default', `vol-create default ${volumeFile}`,
  'vol-delete golden.img --pool default',
  'qemu-agent-command vm1-1 {"execute":"guest-ping"}', 'qemu-attach 1',
  'domstate no-such-domain',
]) await virsh(...line.split(' '));
await virsh('qemu-monitor-command', 'vm1-1', '{"execute":"query-status"}');
await sleep(4000);
await run('virsh', ['-q', '-c', proxied(h1), 'migrate', '--live', '--persistent', '--undefinesource', '--copy-storage-all', '--bandwidth', '50', 'vm1-1', proxied(h2).replace('qemu+unix', 'qemu+unix'), '--migrateuri', `tcp://${h2.address}`], { timeout: 120_000 }).catch((error: unknown) => {
  process.stdout.write(`direct migration: ${String((error as { stderr?: string }).stderr)}\n`);
});
await virsh('migrate', '--live', '--p2p', '--persistent', '--undefinesource', 'vm1-1', 'qemu+tcp://h2/system');

speaker = 'our client';
const client = await LibvirtClient.connect(proxied(h2));
const dom = (await client.listDomains()).find(({ name }) => name === 'vm2-1')!;
const attempt = async (what: Promise<unknown>): Promise<void> => {
  await what.catch((error: unknown) => {
    process.stdout.write(`${String(error)}\n`);
  });
};
await attempt(client.call(protocol.domainGetJobInfo, { dom }));
await attempt(client.call(protocol.connectGetType, undefined));
await attempt(client.call(protocol.connectGetUri, undefined));
await attempt(client.call(protocol.authPolkit, undefined));
await attempt(
  client.call(
    protocol.domainMigratePerform3,
    {
      dom,
      xmlin: null,
      cookieIn: Buffer.alloc(0),
      dconnuri: 'qemu+tcp://h1/system',
      uri: `tcp://${h1.address}`,
      flags: BigInt(MigrateFlag.live | MigrateFlag.peerToPeer | MigrateFlag.nonSharedDisk),
      dname: null,
      resource: 60n,
    },
    { timeoutMs: 60_000 },
  ),
);
await attempt(client.call(protocol.storageVolLookupByPath, { path: '/var/lib/libvirt/images/vm2-1.img' }));
await attempt(client.call(protocol.connectUnregisterCloseCallback, undefined));
await attempt(client.call(protocol.connectClose, undefined));
client.close();

// SASL is for TLS connections, so its frames are taken from our own end of one.
await run('bash', ['-c', `echo secret | saslpasswd2 -p -c -a libvirt -u h1 -f ${h1.dir}/etc/libvirt/passwd.db admin`]);
const secured = await LibvirtClient.connect(h1.uris.tls!, {
  credentials: { user: 'admin@h1', password: 'secret' },
  transport: async (uri, signal) => tap(await openTransport(uri, signal)),
});
secured.close();
await Promise.all([watching, watchingQemu]);
for (const stop of stops) stop();
const sorted = [...frames.values()].sort((a, b) => a.program - b.program || a.number - b.number);
await rm(join(import.meta.dirname, 'frames.json'), { force: true });
await writeFile(join(import.meta.dirname, 'frames.json'), `${JSON.stringify(sorted, undefined, 1)}\n`);
const missing = definitions.filter(([name]) => !frames.has(name)).map(([name]) => name);
process.stdout.write(`${sorted.length} calls and events recorded; not seen: ${missing.join(', ')}\n`);
