import { forecastWithInputs, type ForecastInputs } from '../advise/migration-forecast.ts';
import type { RefusalCode } from '../advise/refusal.ts';
import { Restraint } from '../advise/restraint.ts';
import type { Host } from '../fleet/host.ts';
import type { MigrationCalibration } from '../fleet/migration-calibration.ts';
import type { PreflightCheck } from '../fleet/migration-request.ts';
import type { MigrationOptions } from '../fleet/migration.ts';
import type { MoveForecast } from '../fleet/move.ts';
import type { Preflight } from '../fleet/preflight.ts';
import type { Vm } from '../fleet/vm.ts';
import { parseDomainXml } from '../observe/domain-xml.ts';
import type { Running } from './admission.ts';
import { explainFailure } from './explain-failure.ts';
import type { FleetView } from './fleet-view.ts';
import { HostFailure, type DomainSeen, type HypervisorPort } from './hypervisor-port.ts';
import type { Reservation } from './reservations.ts';
import { askConstraints } from './target-constraints.ts';

export type PreflightSubject = {
  readonly vm: Vm;
  readonly to: string;
  readonly options: MigrationOptions;
  /** A plan must respect cool-downs; a person who orders this very move, and a drain, only hear of them. */
  readonly planned: boolean;
};

export type PreflightContext = {
  readonly fleet: FleetView;
  readonly hypervisor: HypervisorPort;
  readonly calibration: MigrationCalibration;
  readonly now: number;
  readonly running: readonly Running[];
  readonly reserved: readonly Reservation[];
  readonly draining: ReadonlySet<string>;
  /** Why this VM cannot be moved now: another migration of it. */
  readonly movingAlready: string | null;
  readonly routes: RouteMemory;
};

/** Ways that were found open lately need no second look. */
export type RouteMemory = Map<string, number>;

export type PreflightResult = {
  readonly preflight: Preflight;
  readonly inputs: ForecastInputs | null;
  readonly domain: DomainSeen | null;
};

const routeTrustedMs = 120_000;
const routesRemembered = 10_000;

/** Everything that could be wrong, asked all at once of the snapshot and of both hosts. Changes nothing. */
export const runPreflight = async (
  subject: PreflightSubject,
  context: PreflightContext,
): Promise<PreflightResult> => {
  const { vm, to } = subject;
  const snapshot = context.fleet.snapshot();
  const judgement = context.fleet.judgement();
  const policy = context.fleet.policy();
  const checks: PreflightCheck[] = [];
  const say = (
    check: string,
    outcome: PreflightCheck['outcome'],
    message: string,
    advice: string | null = null,
  ) => {
    checks.push({ check, outcome, message, advice });
  };
  const source = snapshot?.hosts.find(({ name }) => name === vm.host);
  const target = snapshot?.hosts.find(({ name }) => name === to);

  const live = liveChecks(subject, context, say);
  let effects: Preflight['effects'] = [];
  let forecast: MoveForecast | null = null;
  let inputs: ForecastInputs | null = null;
  if (context.movingAlready !== null)
    say('not-moving', 'failed', context.movingAlready, 'Wait for it or abort it.');
  if (context.draining.has(to))
    say('target-draining', 'failed', `${to} is being emptied`, 'Choose another target or cancel the drain.');
  if (snapshot === null || judgement === null || source === undefined) {
    say('data', 'failed', 'nothing is known of the fleet yet', 'Wait for the first poll of all hosts.');
  } else if (target === undefined) {
    say('target-known', 'failed', `there is no host "${to}" in this fleet`, 'Name a host of the fleet.');
  } else {
    const answer = askConstraints(snapshot, judgement, policy, vm.uuid, to, context.reserved);
    for (const { code, message } of answer.refusals)
      say(`constraint-${code}`, 'failed', `${vm.name} to ${to}: ${message}`, constraintAdvice[code] ?? null);
    if (answer.refusals.length === 0)
      say('constraints', 'ok', `${to} has room for ${vm.name} and no rule forbids it`);
    if (answer.partedFrom.length > 0)
      say(
        'affinity',
        'warning',
        `${vm.name} shall stay together with ${answer.partedFrom.join(', ')}`,
        'Move them too.',
      );
    effects = [...answer.effects];
    linkChecks(source, target, policy.limits.linkBusy, say);
    restChecks(subject, context, say);
    const detail = forecastFor(subject, source, target, context);
    ({ forecast, inputs } = detail);
    forecastChecks(vm, forecast, policy.migration.maximumSeconds, say);
  }
  const domain = await live;
  const order = { failed: 0, unknown: 1, warning: 2, ok: 3 };
  return {
    preflight: {
      uuid: vm.uuid,
      vm: vm.name,
      from: vm.host,
      to,
      at: context.now,
      allowed: checks.every(({ outcome }) => outcome !== 'failed'),
      checks: checks.sort((a, b) => order[a.outcome] - order[b.outcome]),
      forecast,
      effects,
    },
    inputs,
    domain,
  };
};

type Say = (
  check: string,
  outcome: PreflightCheck['outcome'],
  message: string,
  advice?: string | null,
) => void;

/** What only the hosts themselves can tell. Each question fails on its own. */
const liveChecks = async (
  { vm, to }: PreflightSubject,
  { hypervisor, routes, now }: PreflightContext,
  say: Say,
): Promise<DomainSeen | null> => {
  const attempt = async (check: string, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof HostFailure)) throw error;
      const { message, advice } = explainFailure(error);
      say(check, 'failed', message, error.unreachable ? `Check libvirtd on ${error.host}.` : advice);
    }
  };
  let domain: DomainSeen | null = null;
  const onSource = attempt('source-alive', async () => {
    domain = await hypervisor.find(vm.host, vm.uuid);
    if (domain === null)
      say(
        'vm-there',
        'failed',
        `${vm.name} is not on ${vm.host} any more`,
        'Look where it is now and ask again.',
      );
    else if (domain.state !== 'running' && domain.state !== 'paused')
      say('vm-running', 'failed', `${vm.name} is ${domain.state}`, 'Only a running VM can be migrated live.');
    else if (domain.name !== vm.name)
      say('vm-name', 'failed', `${vm.name} is called ${domain.name} now`, 'Ask again under its new name.');
    else say('vm-running', 'ok', `${vm.name} is ${domain.state} on ${vm.host}`);
    if (domain !== null) {
      const job = await hypervisor.job(vm.host, vm.uuid);
      if (job !== null && job.kind !== 'none')
        say(
          'no-other-job',
          'failed',
          `another job (${job.kind}) already works on ${vm.name}`,
          'Wait until it has ended.',
        );
    }
  });
  const onTarget = attempt('target-alive', async () => {
    const [sameUuid, sameName] = await Promise.all([
      hypervisor.find(to, vm.uuid),
      hypervisor.findByName(to, vm.name),
    ]);
    say('target-alive', 'ok', `${to} answers`);
    if (sameUuid !== null && sameUuid.state !== 'shutoff')
      say(
        'uuid-free',
        'failed',
        `${to} already runs a VM with the uuid ${vm.uuid}`,
        'Remove one of the two.',
      );
    if (sameName !== null && sameName.uuid !== vm.uuid)
      say(
        'name-free',
        'failed',
        `${to} already has another VM called ${vm.name}`,
        'Rename or remove one of the two.',
      );
  });
  const definition = attempt('definition', async () => {
    const xml = await hypervisor.definition(vm.host, vm.uuid).catch((error: unknown) => {
      // That the VM is not there is said once, by the check above.
      if (error instanceof HostFailure && !error.unreachable) return null;
      throw error;
    });
    if (xml === null) return;
    const { blockedDevices } = parseDomainXml(xml);
    if (blockedDevices.length > 0)
      say(
        'devices',
        'failed',
        `${vm.name} has what cannot be migrated: ${blockedDevices.join(', ')}`,
        'Detach it, or shut the VM down for the move.',
      );
    const cpu = /<cpu[\s>][\s\S]*?<\/cpu>|<cpu[^>]*\/>/.exec(xml)?.[0];
    if (cpu === undefined) return;
    const fits = await hypervisor.compareCpu(to, cpu).catch((error: unknown) => {
      if (error instanceof HostFailure) return 'unknown' as const;
      throw error;
    });
    if (fits === 'incompatible')
      say(
        'cpu',
        'failed',
        `the CPU of ${to} lacks what ${vm.name} uses`,
        'Choose a target with that CPU, or give the VM a common CPU model at its next boot.',
      );
    else if (fits === 'unknown')
      say('cpu', 'unknown', `${to} cannot tell whether its CPU suits ${vm.name}; libvirt checks it again`);
    else say('cpu', 'ok', `the CPU of ${to} suits ${vm.name}`);
  });
  const route = attempt('route', async () => {
    const copyDisks = vm.rules.localDisks === 'copy' && vm.rules.localDiskBytes > 0;
    const key = `${vm.host} ${to} ${vm.uuid} ${copyDisks}`;
    if (vm.host !== to && (routes.get(key) ?? -Infinity) + routeTrustedMs < now) {
      try {
        await hypervisor.probeRoute(vm.host, to, vm.uuid, copyDisks);
      } catch (error) {
        if (!(error instanceof HostFailure)) throw error;
        if (error.libvirtCode === noDomain) return;
        const { code, message, advice } = explainFailure(error);
        // That another job runs is said once, by the check above.
        if (code !== 'another-job')
          say(roadblocks.has(code) ? 'route' : 'libvirt-agrees', 'failed', message, advice);
        return;
      }
      if (routes.size > routesRemembered) routes.clear();
      routes.set(key, now);
    }
    say('route', 'ok', `${vm.host} reaches ${to} and is let in`);
  });
  await Promise.all([onSource, onTarget, definition, route]);
  return domain;
};

const noDomain = 42;
/** What lies between the hosts; any other refusal is about the VM. */
const roadblocks = new Set([
  'target-unreachable',
  'target-unresolved',
  'target-refuses-source',
  'target-daemon-lost',
  'source-daemon-lost',
  'tls-failed',
]);

const linkChecks = (source: Host, target: Host, busy: number, say: Say): void => {
  for (const host of [source, target]) {
    const net = host.load.net;
    if (net === null) say('link', 'unknown', `how busy the network of ${host.name} is, is not known`);
    else if (net > busy)
      say(
        'link',
        'failed',
        `the network of ${host.name} is ${percent(net)} busy, more than ${percent(busy)}`,
        'Wait until it is quieter.',
      );
    else say('link', 'ok', `the network of ${host.name} is ${percent(net)} busy`);
  }
};

const restChecks = (subject: PreflightSubject, { fleet, now }: PreflightContext, say: Say): void => {
  const restraint = new Restraint(fleet.moves(), [], now, fleet.policy());
  const outcome = subject.planned ? 'failed' : 'warning';
  const { vm, to } = subject;
  if (restraint.isResting(vm.uuid))
    say('cool-down', outcome, `${vm.name} moved lately and rests`, 'Wait until its cool-down is over.');
  if (restraint.wouldReturn(vm.uuid, to))
    say(
      'no-return',
      outcome,
      `${vm.name} would go back to ${to}, which it left lately`,
      'Look for the reason of the swing first.',
    );
};

export const forecastFor = (
  { vm, options }: PreflightSubject,
  source: Host,
  target: Host,
  { fleet, calibration, running }: PreflightContext,
) => {
  const policy = fleet.policy();
  const flowing = new Map<string, number>();
  for (const { from, to } of running)
    for (const host of [from, to]) flowing.set(host, (flowing.get(host) ?? 0) + 1);
  return forecastWithInputs(vm, source, target, {
    policy:
      options.downtimeMs === undefined
        ? policy
        : { ...policy, migration: { ...policy.migration, downtimeMs: options.downtimeMs } },
    calibration,
    flowing,
    ...(options.bandwidthBytesPerSecond === undefined
      ? {}
      : { bandwidthLimit: options.bandwidthBytesPerSecond }),
    ...(options.strategy === undefined ? {} : { strategy: options.strategy }),
  });
};

const forecastChecks = (vm: Vm, forecast: MoveForecast, allowedSeconds: number, say: Say): void => {
  if (!forecast.converges)
    say(
      'converges',
      'failed',
      `${vm.name} ${forecast.reason.replace(/^will/, 'will')}`,
      'Wait until it writes less, raise the allowed downtime, or allow auto-converge or post-copy in the policy.',
    );
  else if (forecast.seconds.value > allowedSeconds)
    say(
      'time',
      'failed',
      `moving ${vm.name} would take about ${Math.round(forecast.seconds.value)} s, more than the ${allowedSeconds} s allowed`,
      'Choose a faster way, raise migration.maximumSeconds, or wait until the link is free.',
    );
  else say('converges', 'ok', forecast.reason);
};

const percent = (share: number): string => `${Math.round(share * 100)} %`;

const constraintAdvice: Partial<Record<RefusalCode, string>> = {
  'never-migrate': 'Change its rules in the fleet file or its metadata if it may move after all.',
  'vm-not-running': 'Only a running VM can be migrated live.',
  'blocked-device': 'Detach the device, or shut the VM down for the move.',
  'local-disk': 'Allow copying (localDisks: copy) or move the disk to shared storage.',
  'local-disk-too-large': 'Raise migration.copyDisksBytesMax, or move the disk to shared storage.',
  'vm-not-trusted': 'Wait for fresh data of the VM; see the findings.',
  'source-not-trusted': "Mend the collector's connection to the source host first.",
  'same-host': 'Choose another target.',
  'host-unknown': 'Name a host of the fleet.',
  'host-off': 'Switch the host on first.',
  'host-in-maintenance': 'End its maintenance or choose another target.',
  'host-never-target': 'Choose another target.',
  'host-suspect': 'See what troubles the host before anything moves there.',
  'host-not-trusted': 'Wait for fresh data of the host; see the findings.',
  'host-under-pressure': 'Choose a target whose VMs get their CPU time.',
  'not-pinned-there': 'Choose one of the hosts that it is pinned to.',
  'not-in-group': 'Choose a host of its group.',
  'network-missing': "Create the VM's network there, or choose another target.",
  'cpu-model': 'Choose a target with a compatible CPU.',
  'cpu-feature': 'Choose a target with a compatible CPU.',
  'tls-missing': 'Give both hosts certificates for QEMU, or drop requireTls from the policy.',
  'anti-affinity': 'Choose a host where none of those VMs runs.',
  memory: 'Free memory there, raise overcommit.mem, or choose another target.',
  vcpus: 'Raise overcommit.cpu or choose another target.',
};
