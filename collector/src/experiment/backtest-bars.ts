import type { BacktestReport } from './backtest.ts';
import { combinationName } from './backtest-forecasts.ts';

export type Bar = {
  readonly name: string;
  readonly value: number;
  readonly bar: number;
  readonly met: boolean;
};

const atLeast = (name: string, value: number, bar: number): Bar => ({ name, value, bar, met: value >= bar });
const atMost = (name: string, value: number, bar: number): Bar => ({ name, value, bar, met: value <= bar });
const under = (name: string, value: number, bar: number): Bar => ({ name, value, bar, met: value < bar });

/** What Evenkeel asks of itself on any day of traces; see docs/backtest.md. */
export const backtestBars = (report: BacktestReport): Bar[] =>
  report.dimensions.flatMap(({ dimension, forecasts, classChanges }) => [
    ...forecasts.flatMap(({ minutes, scores }) => {
      const own = scores.find(({ model }) => model === combinationName)!;
      const best = Math.min(...scores.filter((score) => score !== own).map(({ pinball }) => pinball));
      const where = `${dimension}, ${minutes} min`;
      return [
        under(`${where}: pinball loss under that of every single model`, own.pinball, best),
        under(`${where}: MASE`, own.mase, 1),
        atLeast(`${where}: 80 % interval covers at least`, own.coverage, 0.76),
        atMost(`${where}: 80 % interval covers at most`, own.coverage, 0.84),
      ];
    }),
    ...classChanges
      .filter(({ boundary }) => boundary.rising)
      .flatMap(({ boundary, averagePrecision, operatingPoint, expectedCalibrationError }) => {
        const where = `${dimension}, rising to ${Math.round(boundary.value * 100)} %`;
        return [
          atLeast(
            `${where}: average precision against early threshold`,
            averagePrecision.evenkeel / averagePrecision.earlyThreshold,
            1.8,
          ),
          atLeast(
            `${where}: average precision against frequency`,
            averagePrecision.evenkeel / averagePrecision.frequency,
            1,
          ),
          atMost(`${where}: expected calibration error`, expectedCalibrationError, 0.03),
          atLeast(`${where}: median lead, minutes`, operatingPoint.all.medianLeadMinutes, 10),
        ];
      }),
  ]);
