import type { Evidence } from '../fleet/finding.ts';
import type { ForecastPoint } from '../fleet/forecast.ts';
import type { Host } from '../fleet/host.ts';
import { dimensions, type Dimension } from '../fleet/load.ts';
import type { Policy } from '../fleet/policy.ts';
import { dimensionNames, hostSubject, percent } from './describe.ts';
import type { FindingBook } from './finding-book.ts';
import { volume } from './volume.ts';

const width = dimensions.length;

/**
 * Abrupt: over loadMax, not announced as a predicted hot spot, and higher than the interval that was forecast for now. Raised within one sample; lasts while
 * the load stays near or over the limit; over as soon as it falls back by the policy's margin.
 */
export class AbruptLoad {
  #active = new Uint8Array(0);
  #above = new Uint8Array(0);

  resize(capacity: number): void {
    const active = new Uint8Array(capacity * width);
    const above = new Uint8Array(capacity * width);
    active.set(this.#active);
    above.set(this.#above);
    this.#active = active;
    this.#above = above;
  }

  reset(slot: number): void {
    this.#active.fill(0, slot * width, (slot + 1) * width);
    this.#above.fill(0, slot * width, (slot + 1) * width);
  }

  /** `expected` is what was forecast for now, before this sample was seen; null while there is too little history. */
  update(
    slot: number,
    host: Host,
    known: boolean,
    expected: (dimension: Dimension) => ForecastPoint | null,
    policy: Policy,
    book: FindingBook,
  ): void {
    if (!known) {
      book.hold('abrupt-load', 'host', host.name);
      return;
    }
    const foretold = book.isOpen('hotspot-predicted', 'host', host.name);
    const evidence: Evidence[] = [];
    dimensions.forEach((dimension, d) => {
      const value = host.load[dimension];
      if (value === null) return;
      const i = slot * width + d;
      const limit = policy.loadMax[dimension];
      const wasAbove = this.#above[i] === 1;
      this.#above[i] = value > limit ? 1 : 0;
      if (this.#active[i] === 1 && value < limit - policy.hotspot.clearBelow) this.#active[i] = 0;
      const forecast = expected(dimension);
      const isSurprise = !foretold && forecast !== null && value > forecast.high;
      if (!wasAbove && value > limit && isSurprise) this.#active[i] = 1;
      if (this.#active[i] === 0) return;
      evidence.push({
        measure: dimension,
        value,
        threshold: limit,
        ...(forecast === null ? {} : { detail: `at most ${percent(forecast.high)} was expected` }),
      });
    });
    if (evidence.length === 0) return;
    const worst = evidence.reduce((a, b) => (b.value - b.threshold > a.value - a.threshold ? b : a));
    book.raise({
      kind: 'abrupt-load',
      severity: 'critical',
      subject: hostSubject(host),
      message: `Host ${host.name} jumped over its limit: ${dimensionNames[worst.measure as Dimension]} at ${percent(worst.value)}, limit ${percent(worst.threshold)}, faster than was forecast.`,
      evidence,
      rank: volume(host.load),
    });
  }
}
