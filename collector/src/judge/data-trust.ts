import type { Evidence } from '../fleet/finding.ts';
import type { Host } from '../fleet/host.ts';
import type { Policy } from '../fleet/policy.ts';
import type { Snapshot } from '../fleet/snapshot.ts';
import type { Vm } from '../fleet/vm.ts';
import { hostSubject, span, vmSubject } from './describe.ts';
import type { FindingBook } from './finding-book.ts';

export type DataTrust = {
  /** Hosts that are on and whose data can be judged now. */
  readonly known: ReadonlySet<string>;
  readonly blocked: ReadonlySet<string>;
  readonly suspect: ReadonlySet<string>;
  /** Every host that is on is known, so that sums over the fleet are true. */
  readonly complete: boolean;
};

/** A host that fails to answer now and then is watched; one that does it this often is not to be relied on. */
const scrapeErrorsToSuspect = 3;
/** A host with more than this share of running VMs unknown is judged as partial. */
const unknownVmsAllowed = 0.1;

export const isFresh = (subject: Host | Vm, at: number, policy: Policy): boolean =>
  subject.freshness === 'fresh' &&
  (subject.sampledAt === null || at - subject.sampledAt <= policy.staleSeconds * 1000);

const isSuspect = (host: Host): boolean =>
  host.trouble.some((trouble) => trouble.kind !== 'scrape-error' || trouble.count >= scrapeErrorsToSuspect);

/** Names what cannot be relied on: stale, partial and suspect hosts, and VMs without data on hosts that have some. */
export const judgeTrust = (
  snapshot: Snapshot,
  vmsByHost: ReadonlyMap<string, readonly Vm[]>,
  policy: Policy,
  book: FindingBook,
): DataTrust => {
  const known = new Set<string>();
  const blocked = new Set<string>();
  const suspect = new Set<string>();
  let complete = true;
  for (const host of snapshot.hosts) {
    if (host.power === 'off') continue;
    judgeTrouble(host, suspect, blocked, book);
    if (!isFresh(host, snapshot.at, policy)) {
      complete = false;
      blocked.add(host.name);
      raiseNoData(host, snapshot.at, policy, book);
      continue;
    }
    if (host.load.cpu === null || host.load.mem === null) {
      complete = false;
      blocked.add(host.name);
      book.raise({
        kind: 'insufficient-data',
        severity: 'info',
        subject: hostSubject(host),
        message: `Host ${host.name} answers, but its ${host.load.cpu === null ? 'CPU' : 'memory'} load is not known yet.`,
        evidence: [{ measure: 'known dimensions', value: countKnown(host), threshold: 2 }],
        rank: 0,
      });
      continue;
    }
    known.add(host.name);
    judgeVms(host, vmsByHost.get(host.name) ?? [], snapshot.at, policy, blocked, book);
  }
  return { known, blocked, suspect, complete };
};

const countKnown = (host: Host): number => Object.values(host.load).filter((share) => share !== null).length;

const raiseNoData = (host: Host, at: number, policy: Policy, book: FindingBook): void => {
  if (host.sampledAt === null) {
    book.raise({
      kind: 'insufficient-data',
      severity: 'warning',
      subject: hostSubject(host),
      message: `Host ${host.name} has sent no data yet.`,
      evidence: [{ measure: 'samples', value: 0, threshold: 1 }],
      rank: 0,
    });
    return;
  }
  const age = at - host.sampledAt;
  book.raise({
    kind: 'stale',
    severity: age > 10 * policy.staleSeconds * 1000 ? 'critical' : 'warning',
    subject: hostSubject(host),
    message: `Host ${host.name} is stale: its last good sample came at ${new Date(host.sampledAt).toISOString()}.`,
    evidence: [ageEvidence(age, policy)],
    rank: age / 1000,
  });
};

/** The age grows with every tick; told in doublings of the limit it is news only when it matters. */
const ageEvidence = (age: number, policy: Policy): Evidence => {
  const limit = policy.staleSeconds;
  const doublings = Math.max(0, Math.floor(Math.log2(Math.max(1, age / 1000 / limit))));
  return { measure: 'age', value: limit * 2 ** doublings, threshold: limit, detail: `${span(age)} old` };
};

const judgeTrouble = (host: Host, suspect: Set<string>, blocked: Set<string>, book: FindingBook): void => {
  if (host.trouble.length === 0) return;
  const evacuate = isSuspect(host);
  if (evacuate) {
    suspect.add(host.name);
    if (host.trouble.some((trouble) => trouble.kind === 'clock-jump')) blocked.add(host.name);
  }
  const worst = host.trouble.reduce((a, b) => (b.count > a.count ? b : a));
  book.raise({
    kind: 'host-trouble',
    severity: evacuate ? 'critical' : 'warning',
    subject: hostSubject(host),
    message: `Host ${host.name} ${evacuate ? 'is suspect' : 'had trouble'}: ${worst.message}`,
    evidence: host.trouble.map((trouble) => ({
      measure: trouble.kind,
      value: trouble.count,
      threshold: trouble.kind === 'scrape-error' ? scrapeErrorsToSuspect : 1,
      detail: trouble.message,
    })),
    rank: worst.count,
  });
};

const judgeVms = (
  host: Host,
  vms: readonly Vm[],
  at: number,
  policy: Policy,
  blocked: Set<string>,
  book: FindingBook,
): void => {
  const running = vms.filter((vm) => vm.state === 'running');
  const unknown = running.filter((vm) => !isFresh(vm, at, policy));
  for (const vm of unknown) {
    book.raise({
      kind: vm.sampledAt === null ? 'insufficient-data' : 'stale',
      severity: 'info',
      subject: vmSubject(vm),
      message:
        vm.sampledAt === null
          ? `VM ${vm.name} on ${vm.host} has no data yet.`
          : `VM ${vm.name} on ${vm.host} is stale: its last good sample came at ${new Date(vm.sampledAt).toISOString()}.`,
      evidence:
        vm.sampledAt === null
          ? [{ measure: 'samples', value: 0, threshold: 1 }]
          : [ageEvidence(at - vm.sampledAt, policy)],
      rank: 0,
    });
  }
  if (unknown.length <= unknownVmsAllowed * running.length) return;
  blocked.add(host.name);
  book.raise({
    kind: 'insufficient-data',
    severity: 'warning',
    subject: hostSubject(host),
    message: `Host ${host.name} is known only in part: ${unknown.length} of its ${running.length} running VMs have no fresh data.`,
    evidence: [
      { measure: 'unknown VMs', value: unknown.length / running.length, threshold: unknownVmsAllowed },
    ],
    rank: unknown.length,
  });
};
