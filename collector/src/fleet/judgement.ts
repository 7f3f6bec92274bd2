import type { ClassChange } from './class-change.ts';
import type { Finding } from './finding.ts';
import type { ForecastPoint } from './forecast.ts';
import type { Dimension } from './load.ts';
import type { LoadClass } from './load-class.ts';

/** What judge says of one snapshot; what advise, the API and telemetry read. */
export type Judgement = {
  readonly at: number;
  readonly sequence: number;
  /** All that is true now, and what began, changed or ended with this snapshot. */
  readonly findings: readonly Finding[];
  readonly began: readonly Finding[];
  readonly changed: readonly Finding[];
  readonly ended: readonly Finding[];
  /** By VM uuid; a VM without trustworthy data has no class. */
  readonly classes: ReadonlyMap<string, LoadClass>;
  readonly classChanges: readonly ClassChange[];
  /** Hosts by name whose data is stale, partial or suspect: nothing may be planned on or onto them. */
  readonly blockedHosts: ReadonlySet<string>;
  /** Hosts by name that are in trouble: to be emptied, never a target. */
  readonly suspectHosts: ReadonlySet<string>;
  /** Null where there is not enough history. `subject` is a host's name or a VM's uuid. */
  readonly forecast: (subject: string, dimension: Dimension, minutes: number) => ForecastPoint | null;
};
