import type { Evidence } from '../fleet/finding.ts';
import type { Host } from '../fleet/host.ts';
import { dimensions } from '../fleet/load.ts';
import type { Policy } from '../fleet/policy.ts';
import { dimensionNames, hostSubject, percent } from './describe.ts';
import type { FindingBook } from './finding-book.ts';
import { volume } from './volume.ts';

export const hotMeasures = [...dimensions, 'pressure'] as const;
export type HotMeasure = (typeof hotMeasures)[number];
const width = hotMeasures.length;
const longestWindow = 32;

export const hotValue = (host: Host, measure: HotMeasure): number | null =>
  measure === 'pressure' ? host.pressure : host.load[measure];

export const hotLimit = (policy: Policy, measure: HotMeasure): number =>
  measure === 'pressure' ? policy.pressureMax : policy.loadMax[measure];

/**
 * Hot: over the limit in k of the last n samples. A sample that is missing takes its place in the window as one that
 * was not over, so it can only delay a finding, never make one. Clears when the measure was `clearBelow` under the
 * limit in k of the last n samples.
 */
export class HotSpots {
  #over = new Uint32Array(0);
  #clear = new Uint32Array(0);
  #hot = new Uint8Array(0);

  resize(capacity: number): void {
    const over = new Uint32Array(capacity * width);
    const clear = new Uint32Array(capacity * width);
    const hot = new Uint8Array(capacity * width);
    over.set(this.#over);
    clear.set(this.#clear);
    hot.set(this.#hot);
    this.#over = over;
    this.#clear = clear;
    this.#hot = hot;
  }

  reset(slot: number): void {
    this.#over.fill(0, slot * width, (slot + 1) * width);
    this.#clear.fill(0, slot * width, (slot + 1) * width);
    this.#hot.fill(0, slot * width, (slot + 1) * width);
  }

  isHot(slot: number): boolean {
    for (let m = 0; m < width; m += 1) if (this.#hot[slot * width + m] === 1) return true;
    return false;
  }

  update(slot: number, host: Host, known: boolean, policy: Policy, book: FindingBook): void {
    const samples = Math.min(policy.hotspot.samples, longestWindow);
    const needed = Math.min(policy.hotspot.over, samples);
    const evidence: Evidence[] = [];
    hotMeasures.forEach((measure, m) => {
      const i = slot * width + m;
      const value = known ? hotValue(host, measure) : null;
      const limit = hotLimit(policy, measure);
      const over = shift(this.#over[i]!, value !== null && value > limit);
      const clear = shift(this.#clear[i]!, value !== null && value <= limit - slack(limit, policy));
      this.#over[i] = over;
      this.#clear[i] = clear;
      const overCount = ones(over, samples);
      if (value !== null) {
        if (overCount >= needed && value > limit) this.#hot[i] = 1;
        else if (ones(clear, samples) >= needed) this.#hot[i] = 0;
      }
      if (this.#hot[i] === 1 && value !== null) {
        evidence.push({
          measure,
          value,
          threshold: limit,
          detail: `over in ${overCount} of the last ${samples} samples`,
        });
      }
    });
    if (!known) {
      book.hold('hotspot', 'host', host.name);
      return;
    }
    if (evidence.length === 0) return;
    const worst = evidence.reduce((a, b) => (b.value / b.threshold > a.value / a.threshold ? b : a));
    const rank = volume(host.load);
    book.raise({
      kind: 'hotspot',
      severity: worst.value >= 1 || worst.measure === 'pressure' ? 'critical' : 'warning',
      subject: hostSubject(host),
      message: `Host ${host.name} is a hot spot: ${dimensionNames[worst.measure as HotMeasure]} at ${percent(worst.value)}, limit ${percent(worst.threshold)}, ${worst.detail ?? ''}.`,
      evidence: [...evidence, { measure: 'volume', value: rank, threshold: 1 }],
      rank,
    });
  }
}

const slack = (limit: number, policy: Policy): number => Math.min(policy.hotspot.clearBelow, limit / 2);

const shift = (bits: number, bit: boolean): number => ((bits << 1) | (bit ? 1 : 0)) >>> 0;

const ones = (bits: number, window: number): number => {
  let rest = window >= 32 ? bits : bits & ((1 << window) - 1);
  let count = 0;
  while (rest !== 0) {
    rest &= rest - 1;
    count += 1;
  }
  return count;
};
