import { setTimeout } from 'node:timers/promises';
import { DomainState, LibvirtClient, StatsGroup } from '@evenkeel/libvirt';
import { defaultPolicy } from '../../src/fleet/default-policy.ts';
import type { Host } from '../../src/fleet/host.ts';
import type { Judgement } from '../../src/fleet/judgement.ts';
import type { MoveRecord } from '../../src/fleet/move-record.ts';
import type { Policy } from '../../src/fleet/policy.ts';
import type { Recommendation } from '../../src/fleet/recommendation.ts';
import type { Snapshot } from '../../src/fleet/snapshot.ts';
import { freeVmRules, type Vm } from '../../src/fleet/vm.ts';
import type { DrainPlan, FleetView } from '../../src/act/fleet-view.ts';

const quietUsage = {
  cpuCores: 0.1,
  memBytes: 100 * 2 ** 20,
  netRxBytesPerSecond: 0,
  netTxBytesPerSecond: 0,
  diskReadBytesPerSecond: 0,
  diskWriteBytesPerSecond: 0,
  diskRequestsPerSecond: 0,
};
const quietLoad = { cpu: 0.05, mem: 0.1, net: 0.01, disk: 0 };

export type FleetOfLab = FleetView & {
  /** Asks all hosts again; those that do not answer keep what was last seen of them. */
  readonly refresh: () => Promise<void>;
  readonly change: {
    policy: Policy;
    recommendations: Recommendation[];
    moves: MoveRecord[];
    drainPlan: (host: string) => DrainPlan;
    /** By name, laid over what is seen. */
    hosts: Map<string, Partial<Host>>;
    vms: Map<string, Partial<Vm>>;
  };
  readonly close: () => void;
};

const groups = StatsGroup.state | StatsGroup.balloon | StatsGroup.vcpu | StatsGroup.dirtyRate;

/** The snapshot that act needs, read straight from the hosts; the observer has its own tests. */
export const fleetOfLab = async (uris: ReadonlyMap<string, string>): Promise<FleetOfLab> => {
  const clients = new Map<string, LibvirtClient>();
  const seen = new Map<string, Vm[]>();
  let snapshot: Snapshot | null = null;
  let sequence = 0;
  const change: FleetOfLab['change'] = {
    policy: { ...defaultPolicy, cooldown: { ...defaultPolicy.cooldown, minutes: 0.001, windowHours: 0.001 } },
    recommendations: [],
    moves: [],
    drainPlan: () => ({ moves: [], stays: [] }),
    hosts: new Map(),
    vms: new Map(),
  };
  const look = async (name: string, uri: string): Promise<void> => {
    const client =
      clients.get(name) ?? (await LibvirtClient.connect(uri, { reconnect: { firstMs: 100, maxMs: 500 } }));
    clients.set(name, client);
    for (let waited = 0; !client.isConnected && waited < 3000; waited += 50) await setTimeout(50);
    const stats = await client.domainStats({ groups });
    seen.set(
      name,
      stats.map((one): Vm => {
        const current = Number(one.balloon?.current ?? 98_304n) * 1024;
        const { available, unused } = one.balloon ?? {};
        const used =
          available === undefined || unused === undefined ? null : Number(available - unused) * 1024;
        const dirty = one.dirtyRate?.calcStatus === 2 ? one.dirtyRate.megabytesPerSecond : undefined;
        return {
          uuid: one.domain.uuid,
          name: one.domain.name,
          host: name,
          state:
            one.state?.state === DomainState.running
              ? 'running'
              : one.state?.state === DomainState.paused
                ? 'paused'
                : 'shutoff',
          vcpus: 1,
          memory: {
            maximumBytes: Number(one.balloon?.maximum ?? 98_304n) * 1024,
            currentBytes: current,
            usedBytes: used,
            source: 'balloon',
            trusted: used !== null,
          },
          load: quietLoad,
          pressure: null,
          usage: quietUsage,
          dirtyRate:
            dirty === undefined ? null : { bytesPerSecond: Number(dirty) * 2 ** 20, measuredAt: Date.now() },
          priority: 50,
          rules: freeVmRules,
          freshness: 'fresh',
          sampledAt: Date.now(),
          source: 'libvirt',
        };
      }),
    );
  };
  const refresh = async (): Promise<void> => {
    await Promise.all(
      [...uris].map(async ([name, uri]) => {
        await look(name, uri).catch(() => undefined);
      }),
    );
    sequence += 1;
    snapshot = {
      fleet: 'lab',
      at: Date.now(),
      sequence,
      hosts: [...uris.keys()].map((name): Host => ({
        name,
        zone: null,
        rack: null,
        groups: [],
        priority: 50,
        labels: {},
        power: 'on',
        maintenance: false,
        neverTarget: false,
        capacity: { cpuCores: 2, memBytes: 8 * 2 ** 30, nicBitsPerSecond: null, diskBytesPerSecond: null },
        cpuModel: null,
        features: ['post-copy'],
        load: quietLoad,
        pressure: null,
        usage: quietUsage,
        freshness: 'fresh',
        sampledAt: Date.now(),
        source: 'libvirt',
        trouble: [],
        ...change.hosts.get(name),
      })),
      vms: [...seen.values()].flat().map((vm) => ({ ...vm, ...change.vms.get(vm.name) })),
    };
  };
  await refresh();
  return {
    refresh,
    change,
    snapshot: () => snapshot,
    judgement: (): Judgement => ({
      at: snapshot?.at ?? 0,
      sequence,
      findings: [],
      began: [],
      changed: [],
      ended: [],
      classes: new Map(),
      classChanges: [],
      blockedHosts: new Set(),
      suspectHosts: new Set(),
      forecast: () => null,
    }),
    policy: () => change.policy,
    recommendations: () => change.recommendations,
    moves: () => change.moves,
    planDrain: (host) => change.drainPlan(host),
    close: () => {
      for (const client of clients.values()) client.close();
    },
  };
};
