import { dimensions } from '../fleet/load.ts';
import type { Policy } from '../fleet/policy.ts';
import { AbruptLoad } from './abrupt-load.ts';
import { ColdSpots } from './cold-spots.ts';
import { FindingBook } from './finding-book.ts';
import { FleetLoad } from './fleet-load.ts';
import { HotSpots } from './hot-spots.ts';
import { ClassBook } from './load-classes.ts';
import type { JudgeParameters } from './judge-parameters.ts';
import { type Boundary, SeriesPool } from './series-pool.ts';
import { shippedParameters } from './shipped-parameters.ts';
import { SubjectBook } from './subject-book.ts';
import { boundariesPerHost, boundariesPerVm, hostBoundaries, vmBoundaries } from './watched-boundaries.ts';

/** What judging remembers from tick to tick. The caller keeps it and hands it in; nobody else looks inside. */
export type JudgeState = {
  readonly findings: FindingBook;
  readonly vms: SubjectBook;
  readonly vmSeries: SeriesPool;
  readonly classes: ClassBook;
  readonly hosts: SubjectBook;
  readonly hostSeries: SeriesPool;
  readonly hotSpots: HotSpots;
  readonly coldSpots: ColdSpots;
  readonly abruptLoad: AbruptLoad;
  readonly fleetLoad: FleetLoad;
  readonly parameters: JudgeParameters;
  readonly periodMs: number;
  /** When what is no longer seen was last dropped. */
  forgotAt: number;
  /** The boundaries that the series were last watched for. */
  watching: { readonly vm: Boundary[][]; readonly host: Boundary[][] };
};

export type JudgeOptions = {
  /** Samples are gathered into periods of this length before models see them. */
  readonly periodSeconds?: number;
  /** What was learned offline; the shipped file when not given. */
  readonly parameters?: JudgeParameters;
};

const seriesPerSubject = dimensions.length;

export const createJudgeState = (options: JudgeOptions = {}): JudgeState => {
  const periodMs = (options.periodSeconds ?? 300) * 1000;
  const parameters = options.parameters ?? shippedParameters;
  const vmSeries = new SeriesPool({ periodMs, parameters, boundaries: boundariesPerVm });
  const hostSeries = new SeriesPool({ periodMs, parameters, boundaries: boundariesPerHost });
  const classes = new ClassBook();
  const hotSpots = new HotSpots();
  const coldSpots = new ColdSpots();
  const abruptLoad = new AbruptLoad();
  const resetSeries = (pool: SeriesPool, slot: number) => {
    for (let d = 0; d < seriesPerSubject; d += 1) pool.reset(slot * seriesPerSubject + d);
  };
  const vms = new SubjectBook(
    (capacity) => {
      vmSeries.resize(capacity * seriesPerSubject);
      classes.resize(capacity);
    },
    (slot) => {
      resetSeries(vmSeries, slot);
      classes.reset(slot);
    },
  );
  const hostWatches = [hotSpots, coldSpots, abruptLoad];
  const hosts = new SubjectBook(
    (capacity) => {
      hostSeries.resize(capacity * seriesPerSubject);
      for (const watch of hostWatches) watch.resize(capacity);
    },
    (slot) => {
      resetSeries(hostSeries, slot);
      for (const watch of hostWatches) watch.reset(slot);
    },
  );
  return {
    findings: new FindingBook(),
    vms,
    vmSeries,
    classes,
    hosts,
    hostSeries,
    hotSpots,
    coldSpots,
    abruptLoad,
    fleetLoad: new FleetLoad(),
    parameters,
    periodMs,
    forgotAt: 0,
    watching: { vm: [], host: [] },
  };
};

/** Follows the policy's boundaries: when they moved, what was learned of the old ones does not count. */
export const watchBoundaries = (state: JudgeState, policy: Policy): void => {
  const wanted = { vm: vmBoundaries(policy), host: hostBoundaries(policy) };
  const same = (a: Boundary[][], b: Boundary[][]) => JSON.stringify(a) === JSON.stringify(b);
  if (state.watching.vm.length > 0 && !same(state.watching.vm, wanted.vm)) state.vmSeries.resetBoundaries();
  if (state.watching.host.length > 0 && !same(state.watching.host, wanted.host))
    state.hostSeries.resetBoundaries();
  state.watching = wanted;
};
