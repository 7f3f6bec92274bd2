import { type DomainStats, flattenDomainStats, LibvirtClient, type ParameterValue } from '@evenkeel/libvirt';
import { type Command, exitCodes, UsageError } from './command.ts';
import { readOptions, readPositionals } from './options.ts';

/** One read of a host, as `virsh domstats` shows it. */
export const statsCommand: Command = {
  name: 'stats',
  summary: "read a host's VMs once and print their statistics under libvirt's own names",
  usage: `evenkeel stats URI [--vm NAME] [--json]

Prints what "virsh domstats" prints, without needing virsh: one read of the host, field names as libvirt has them.

  URI        a libvirt URI: qemu:///system, qemu+tls://host/system, qemu+ssh://root@host/system,
             qemu+tcp://host/system
  --vm NAME  this VM only
  --json     a list of {name, uuid, id, stats}; 64-bit integers are strings there, so that none loses digits

A host that asks for a user and a password (SASL) gets EVENKEEL_LIBVIRT_USER and EVENKEEL_LIBVIRT_PASSWORD.
`,
  run: async (args, io) => {
    const { values, positionals } = readOptions(args, { vm: { type: 'string' } });
    const [uri] = readPositionals(positionals, ['URI']);
    const { EVENKEEL_LIBVIRT_USER: user, EVENKEEL_LIBVIRT_PASSWORD: password } = io.env;
    if ((user === undefined) !== (password === undefined)) {
      throw new UsageError(
        'EVENKEEL_LIBVIRT_USER and EVENKEEL_LIBVIRT_PASSWORD go together; one of them is missing',
      );
    }
    const credentials = user === undefined || password === undefined ? undefined : { user, password };
    const client = await LibvirtClient.connect(uri, { readOnly: true, ...(credentials && { credentials }) });
    const stop = (): void => {
      client.close();
    };
    io.signal.addEventListener('abort', stop, { once: true });
    try {
      const read = await readStats(client, values.vm);
      io.stdout.write(
        values.json === true ? `${JSON.stringify(read.map(asJson), undefined, 2)}\n` : asText(read),
      );
      return exitCodes.ok;
    } finally {
      io.signal.removeEventListener('abort', stop);
      client.close();
    }
  },
};

async function readStats(client: LibvirtClient, vm: string | undefined): Promise<readonly DomainStats[]> {
  if (vm === undefined) return client.domainStats();
  const dom = (await client.listDomains()).find(({ name }) => name === vm);
  if (dom === undefined) throw new Error(`${client.uri.uri} has no VM named "${vm}"`);
  return client.domainStats({ domains: [dom] });
}

function asText(read: readonly DomainStats[]): string {
  return read
    .map((stats) => {
      const fields = flattenDomainStats(stats).map(({ field, value }) => `  ${field}=${printed(value)}\n`);
      return `Domain: '${stats.domain.name}'\n${fields.join('')}\n`;
    })
    .join('');
}

/** As virsh writes values. */
function printed(value: ParameterValue): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return String(value);
}

function asJson(read: DomainStats): unknown {
  const stats = flattenDomainStats(read).map(({ field, value }) => [
    field,
    typeof value === 'bigint' ? value.toString() : value,
  ]);
  return { ...read.domain, stats: Object.fromEntries(stats) as unknown };
}
