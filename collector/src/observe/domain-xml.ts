import { XMLParser } from 'fast-xml-parser';

/** The XML namespace of Evenkeel's own element in a domain's <metadata>; see docs/configuration.md. */
export const metadataNamespace = 'https://evenkeel.dev/xmlns/vm/1';

/** What a domain's definition says about where it may run. */
export type DomainFacts = {
  readonly blockedDevices: string[];
  readonly disks: { readonly path: string; readonly shareable: boolean }[];
  readonly networks: string[];
  readonly cpuModel: string | null;
  readonly cpuFeatures: string[];
  readonly numaNodes: number;
  readonly vcpus: number;
  readonly metadata: DomainMetadata;
};

/** The content of `<evenkeel:vm>`. */
export type DomainMetadata = {
  readonly priority?: number;
  readonly neverMigrate?: boolean;
  readonly pinnedTo?: string[];
  readonly hostGroup?: string;
  readonly affinity?: string[];
  readonly antiAffinity?: string[];
  readonly zoneSpread?: string;
  readonly localDisks?: 'refuse' | 'copy';
};

type Node = { readonly [name: string]: Node | Node[] | string | undefined };

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseTagValue: false,
  parseAttributeValue: false,
  textNodeName: '#text',
});

/** Throws when the text is not a domain's XML. */
export function parseDomainXml(xml: string): DomainFacts {
  const root = parser.parse(xml) as Node;
  const domain = child(root, 'domain');
  if (domain === undefined) throw new Error('not the XML of a domain: it has no <domain>');
  const devices = child(domain, 'devices');
  const cpu = child(domain, 'cpu');
  const mode = attribute(cpu, 'mode');
  return {
    blockedDevices: blockedDevices(domain, devices),
    disks: children(devices, 'disk').flatMap((disk) => localPath(disk)),
    networks: children(devices, 'interface').flatMap((one) => {
      const source = child(one, 'source');
      return attribute(source, 'bridge') ?? attribute(source, 'network') ?? [];
    }),
    cpuModel:
      mode === 'host-passthrough'
        ? 'host-passthrough'
        : (textOf(child(cpu, 'model')) ?? textOf(cpu?.model) ?? null),
    cpuFeatures: children(cpu, 'feature').flatMap((feature) =>
      ['require', 'force', undefined].includes(attribute(feature, 'policy'))
        ? (attribute(feature, 'name') ?? [])
        : [],
    ),
    numaNodes: children(child(cpu, 'numa'), 'cell').length,
    vcpus: Number(textOf(domain.vcpu) ?? 1),
    metadata: metadataOf(child(domain, 'metadata')),
  };
}

/** What QEMU refuses to migrate, in words for people. */
function blockedDevices(domain: Node, devices: Node | undefined): string[] {
  const blocked = children(devices, 'hostdev').map(
    (one) => `host device (${attribute(one, 'type') ?? 'passed through'})`,
  );
  for (const one of children(devices, 'filesystem'))
    blocked.push(`shared file system ${attribute(child(one, 'target'), 'dir') ?? ''}`.trim());
  for (const one of children(devices, 'interface'))
    if (attribute(one, 'type') === 'hostdev') blocked.push('host network device');
  for (const one of children(devices, 'shmem'))
    if (attribute(one, 'role') !== 'master') blocked.push('shared memory device');
  if (attribute(child(domain, 'launchSecurity'), 'type') !== undefined)
    blocked.push('encrypted memory (launch security)');
  return blocked;
}

function localPath(disk: Node): { path: string; shareable: boolean }[] {
  if (attribute(disk, 'device') === 'cdrom' && child(disk, 'source') === undefined) return [];
  const source = child(disk, 'source');
  const path = attribute(source, 'file') ?? attribute(source, 'dev') ?? attribute(source, 'dir');
  // network and volume disks name no path of this host
  return path === undefined ? [] : [{ path, shareable: disk.shareable !== undefined }];
}

function metadataOf(metadata: Node | undefined): DomainMetadata {
  const own = Object.entries(metadata ?? {}).find(
    ([name, value]) =>
      /(^|:)vm$/.test(name) &&
      typeof value === 'object' &&
      Object.entries(value).some(([key, text]) => key.startsWith('@xmlns') && text === metadataNamespace),
  )?.[1];
  if (own === undefined || typeof own === 'string' || Array.isArray(own)) return {};
  const prefix = Object.entries(own)
    .find(([, text]) => text === metadataNamespace)?.[0]
    .slice('@xmlns'.length);
  const named = (name: string) => [
    `${prefix === undefined || prefix === '' ? '' : `${prefix.slice(1)}:`}${name}`,
    name,
  ];
  const all = (name: string) =>
    named(name)
      .flatMap((key) => [own[key]].flat())
      .flatMap((value) => textOf(value) ?? []);
  const first = (name: string) => all(name)[0];
  const list = (name: 'pinnedTo' | 'affinity' | 'antiAffinity'): DomainMetadata => {
    const found = all(name);
    return found.length === 0 ? {} : { [name]: found };
  };
  const priority = Number(attribute(own, 'priority') ?? NaN);
  const never = attribute(own, 'neverMigrate');
  const hostGroup = first('hostGroup');
  const zoneSpread = first('zoneSpread');
  const localDisks = attribute(own, 'localDisks');
  return {
    ...(priority >= 0 && priority <= 100 ? { priority: Math.round(priority) } : {}),
    ...(never === undefined ? {} : { neverMigrate: never === 'yes' || never === 'true' }),
    ...list('pinnedTo'),
    ...list('affinity'),
    ...list('antiAffinity'),
    ...(hostGroup === undefined ? {} : { hostGroup }),
    ...(zoneSpread === undefined ? {} : { zoneSpread }),
    ...(localDisks === 'copy' || localDisks === 'refuse' ? { localDisks } : {}),
  };
}

/** What a host's capabilities say of its CPU and its memory nodes. */
export function parseCapabilities(xml: string): {
  readonly cpuModel: string | null;
  readonly cpuFeatures: string[];
  readonly numaNodes: { readonly cpuCores: number; readonly memBytes: number }[];
} {
  const host = child(child(parser.parse(xml) as Node, 'capabilities'), 'host');
  const cpu = child(host, 'cpu');
  const cells = children(child(child(host, 'topology'), 'cells'), 'cell');
  return {
    cpuModel: textOf(cpu?.model) ?? null,
    cpuFeatures: children(cpu, 'feature').flatMap((feature) => attribute(feature, 'name') ?? []),
    numaNodes: cells.flatMap((cell) => {
      const cpuCores = Number(attribute(child(cell, 'cpus'), 'num') ?? 0);
      const memBytes = Number(textOf([cell.memory].flat()[0]) ?? 0) * 1024;
      return cpuCores > 0 && memBytes > 0 ? [{ cpuCores, memBytes }] : [];
    }),
  };
}

function children(node: Node | undefined, name: string): Node[] {
  const value = node?.[name];
  return [value]
    .flat()
    .flatMap((one) => (one === undefined ? [] : typeof one === 'string' ? [{ '#text': one }] : [one]));
}

const child = (node: Node | undefined, name: string): Node | undefined => children(node, name)[0];

const attribute = (node: Node | undefined, name: string): string | undefined => textOf(node?.[`@${name}`]);

function textOf(value: Node | Node[] | string | undefined): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  if (value === undefined || Array.isArray(value)) return undefined;
  return textOf(value['#text']);
}
