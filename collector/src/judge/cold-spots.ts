import type { Host } from '../fleet/host.ts';
import type { Policy } from '../fleet/policy.ts';
import { dimensionNames, hostSubject, percent, span } from './describe.ts';
import type { EmptiableCheck } from './emptiable.ts';
import type { FindingBook } from './finding-book.ts';

/** Memory is not work: a host full of idle VMs is cold when their memory finds room elsewhere, so the fit decides. */
const workDimensions = ['cpu', 'net', 'disk'] as const;

/** The dimension in which a host works hardest. */
export const busiest = (host: Host): { measure: (typeof workDimensions)[number]; value: number } | null => {
  if (host.load.cpu === null) return null;
  let measure: (typeof workDimensions)[number] = 'cpu';
  for (const dimension of workDimensions) {
    if ((host.load[dimension] ?? 0) > (host.load[measure] ?? 0)) measure = dimension;
  }
  return { measure, value: host.load[measure] ?? 0 };
};

/** Cold: under loadMin without a break for the policy's time, and all of its VMs fit elsewhere. */
export class ColdSpots {
  #since = new Float64Array(0);

  resize(capacity: number): void {
    const since = new Float64Array(capacity);
    since.set(this.#since);
    this.#since = since;
  }

  reset(slot: number): void {
    this.#since[slot] = NaN;
  }

  update(
    slot: number,
    host: Host,
    known: boolean,
    at: number,
    policy: Policy,
    fit: () => EmptiableCheck,
    book: FindingBook,
  ): void {
    const load = known ? busiest(host) : null;
    // A missing sample could have been a busy one: the time starts again.
    if (load === null || load.value >= policy.loadMin) {
      this.#since[slot] = NaN;
      return;
    }
    if (Number.isNaN(this.#since[slot]!)) this.#since[slot] = at;
    const lasted = at - this.#since[slot]!;
    if (lasted < policy.coldspotMinutes * 60_000 || host.maintenance) return;
    if (!fit().isEmptiable(host)) return;
    book.raise({
      kind: 'coldspot',
      severity: 'info',
      subject: hostSubject(host),
      message: `Host ${host.name} is a cold spot: nothing on it above ${percent(load.value)} (${dimensionNames[load.measure]}), under ${percent(policy.loadMin)} for ${span(policy.coldspotMinutes * 60_000)} or more, and all of its VMs fit elsewhere.`,
      evidence: [{ measure: load.measure, value: load.value, threshold: policy.loadMin }],
      rank: 1 - load.value - host.priority / 1000,
    });
  }
}
