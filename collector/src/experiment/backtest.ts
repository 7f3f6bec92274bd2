import { operatingProbability, type JudgeParameters } from '../judge/judge-parameters.ts';
import type { Boundary } from '../judge/series-pool.ts';
import { scoreAnnouncements, type Announcements } from './backtest-announcements.ts';
import { scoreCrossings } from './backtest-crossings.ts';
import { scoreForecasts, type HorizonScores } from './backtest-forecasts.ts';
import { averagePrecision, recallAtPrecision, reliability, type ReliabilityRow } from './backtest-metrics.ts';
import type { TraceSet } from './backtest-traces.ts';

export type CrossingReport = {
  readonly boundary: Boundary;
  /** Moments inside the boundary, and the share of them that a crossing followed within half an hour. */
  readonly moments: number;
  readonly baseRate: number;
  readonly averagePrecision: {
    readonly evenkeel: number;
    readonly frequency: number;
    readonly earlyThreshold: number;
    readonly localRegression: number;
    readonly persistence: number;
  };
  /** The largest recall that any threshold gives at the wanted precision, chosen with hindsight on these traces. */
  readonly recallAtPrecision: { readonly precision: number; readonly recall: number };
  /** What the operating point gives that was fixed beforehand. */
  readonly operatingPoint: Announcements;
  readonly expectedCalibrationError: number;
  readonly reliability: readonly ReliabilityRow[];
};

export type DimensionReport = {
  readonly dimension: 'cpu' | 'mem';
  readonly forecasts: readonly HorizonScores[];
  readonly classChanges: readonly CrossingReport[];
};

export type BacktestReport = {
  readonly traces: string;
  readonly vms: number;
  readonly learnedFrom: string;
  readonly dimensions: readonly DimensionReport[];
};

export type BacktestOptions = {
  readonly boundaries: readonly number[];
  readonly hysteresis: number;
  readonly precision: number;
};

/** Walks the traces in time order and reports how good forecasts and class-change predictions would have been. */
export const backtest = (
  set: TraceSet,
  parameters: JudgeParameters,
  options: BacktestOptions,
): BacktestReport => ({
  traces: set.name,
  vms: set.traces.length,
  learnedFrom: parameters.learnedFrom,
  dimensions: set.dimensions.map((dimension, d) => {
    const all = set.traces.map((trace) => trace.series[d]!);
    const lines = options.boundaries.flatMap((value) => [
      { value, rising: true },
      { value: Number((value - options.hysteresis).toFixed(6)), rising: false },
    ]);
    return {
      dimension,
      forecasts: scoreForecasts(all, parameters.combination),
      classChanges: lines.map((boundary) => reportCrossing(all, boundary, parameters, options.precision)),
    };
  }),
});

const reportCrossing = (
  all: readonly Float32Array[],
  boundary: Boundary,
  parameters: JudgeParameters,
  precision: number,
): CrossingReport => {
  const direction = boundary.rising ? 'rising' : 'falling';
  const scored = scoreCrossings(all, boundary, parameters[direction]);
  const { score, outcome } = scored;
  const baseRate = outcome.reduce((sum, one) => sum + one, 0) / Math.max(1, outcome.length);
  const calibration = reliability(score, outcome);
  const probability = operatingProbability(parameters.operatingPoints[direction], precision);
  return {
    boundary,
    moments: outcome.length,
    baseRate,
    averagePrecision: {
      evenkeel: averagePrecision(score, outcome),
      frequency: averagePrecision(scored.frequency, outcome),
      earlyThreshold: averagePrecision(scored.early, outcome),
      localRegression: averagePrecision(scored.localRegression, outcome),
      // It says that nothing changes, of all moments alike: any announcement is as good as chance.
      persistence: baseRate,
    },
    recallAtPrecision: { precision, recall: recallAtPrecision(score, outcome, precision).recall },
    operatingPoint: scoreAnnouncements(all, boundary, scored, probability),
    expectedCalibrationError: calibration.expectedCalibrationError,
    reliability: calibration.rows,
  };
};
