import fc from 'fast-check';
import type { CompactFleet, CompactHost, CompactVm } from './compact-fleet.ts';

const oneOf = <T>(...values: T[]) => fc.constantFrom(...values);

const host = fc.record(
  {
    cores: oneOf(4, 8, 16, 32),
    mem: oneOf(16, 32, 64, 128),
    nic: oneOf(1, 10, null),
    mhz: oneOf(2000, 3000),
    disk: oneOf(200, 1000),
    zone: oneOf('a', 'b', 'c'),
    groups: oneOf<string[]>([], ['gpu'], ['gpu', 'db']),
    priority: fc.integer({ min: 0, max: 100 }),
    power: oneOf<'on' | 'off' | 'unknown'>('on', 'on', 'on', 'on', 'off', 'off', 'unknown'),
    maintenance: oneOf(false, false, false, false, false, false, true),
    neverTarget: oneOf(false, false, false, false, false, true),
    cpuModel: oneOf('Skylake', 'EPYC'),
    cpuFeatures: oneOf(['avx2'], ['avx2', 'avx512']),
    networks: oneOf(['lan'], ['lan', 'dmz']),
    pressure: oneOf(0, 0, 0, 0.05, 0.3),
    freshness: oneOf<'fresh' | 'stale'>(
      'fresh',
      'fresh',
      'fresh',
      'fresh',
      'fresh',
      'fresh',
      'fresh',
      'stale',
    ),
  },
  { requiredKeys: [] },
);

const vm = fc.record(
  {
    vcpus: oneOf(1, 2, 4, 8),
    mem: oneOf(1, 2, 4, 8, 16),
    cpu: fc.double({ min: 0, max: 1, noNaN: true }),
    used: fc.double({ min: 0.05, max: 1, noNaN: true }),
    net: oneOf(0, 1, 20, 100, null),
    disk: oneOf(0, 1, 20, null),
    dirty: oneOf(1, 10, 100, 1000),
    priority: fc.integer({ min: 0, max: 100 }),
    state: oneOf<'running' | 'paused' | 'shutoff'>(
      'running',
      'running',
      'running',
      'running',
      'running',
      'paused',
      'shutoff',
    ),
    freshness: oneOf<'fresh' | 'stale'>(
      'fresh',
      'fresh',
      'fresh',
      'fresh',
      'fresh',
      'fresh',
      'fresh',
      'stale',
    ),
    neverMigrate: oneOf(false, false, false, false, true),
    hostGroup: oneOf<string | null>(null, null, null, 'gpu'),
    affinity: oneOf<string[]>([], [], [], [], ['pair'], ['trio']),
    antiAffinity: oneOf<string[]>([], [], [], ['db'], ['web'], ['db', 'web']),
    zoneSpread: oneOf<string | null>(null, null, null, 'quorum'),
    blockedDevices: oneOf<string[]>([], [], [], [], [], ['gpu0']),
    localDiskBytes: oneOf(0, 0, 0, 2e9, 2e12),
    localDisks: oneOf<'copy' | 'refuse'>('copy', 'copy', 'refuse'),
    networks: oneOf<string[]>([], [], ['lan'], ['dmz']),
    cpuModel: oneOf<string | null>(null, null, 'host-passthrough'),
    cpuFeatures: oneOf<string[]>([], [], ['avx2'], ['avx512']),
    numaNodes: oneOf(0, 0, 1),
  },
  { requiredKeys: [] },
);

/** Fleets of all kinds: idle and crowded, with rules that help, hinder and contradict each other. */
export const randomFleet: fc.Arbitrary<CompactFleet> = fc
  .record({
    // Beyond eight hosts not all sets of hosts are looked at any more.
    hosts: fc.array(host, { minLength: 1, maxLength: 14 }),
    vms: fc.array(fc.record({ on: fc.nat(13), vm }), { maxLength: 40 }),
    /** Scales the work of all VMs, so that there are cold fleets as well as hot ones. */
    heat: oneOf(0.05, 0.3, 1),
    plain: fc.boolean(),
  })
  .map(({ hosts, vms, heat, plain }) => ({
    hosts: Object.fromEntries(
      hosts.map((given, i) => [`h${i}`, (plain ? plainHost(given) : given) as CompactHost]),
    ),
    vms: Object.fromEntries(
      vms.map(({ on, vm: given }, i): [string, CompactVm] => {
        const all = { ...given, on: `h${on % hosts.length}`, cpu: (given.cpu ?? 0.2) * heat } as CompactVm;
        return [`v${i}`, plain ? plainVm(all) : all];
      }),
    ),
  }));

const plainHost = ({ cores, mem, mhz, priority }: CompactHost): CompactHost => ({
  ...(cores === undefined ? {} : { cores }),
  ...(mem === undefined ? {} : { mem }),
  ...(mhz === undefined ? {} : { mhz }),
  ...(priority === undefined ? {} : { priority }),
});

const plainVm = ({ on, vcpus, mem, cpu, used }: CompactVm): CompactVm => ({
  on,
  ...(vcpus === undefined ? {} : { vcpus }),
  ...(mem === undefined ? {} : { mem }),
  ...(cpu === undefined ? {} : { cpu }),
  ...(used === undefined ? {} : { used }),
});

export const randomPolicy = fc.record(
  {
    loadMin: oneOf(0.2, 0.3, 0.5),
    imbalanceMax: oneOf(0.02, 0.05, 0.2),
    minimumGain: oneOf(0, 0.02),
    margin: oneOf(0, 0.05),
    reserve: oneOf({ hosts: 0, share: 0 }, { hosts: 1, share: 0.15 }),
    limits: oneOf({}, { perHost: 1, total: 2 }, { perPlan: 5 }),
    overcommit: oneOf({}, { mem: 1.5 }, { cpu: 2 }),
  },
  { requiredKeys: [] },
);
