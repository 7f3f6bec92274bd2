import type { Forecast } from '../fleet/forecast.ts';
import type { Judgement } from '../fleet/judgement.ts';
import { dimensions, type Dimension } from '../fleet/load.ts';
import type { Snapshot } from '../fleet/snapshot.ts';
import type { Subject } from '../fleet/subject.ts';

/** Each snapshot tells the forecasts of one part of the VMs, so that writing them never doubles what is written. */
const parts = 6;

/** The forecasts at the horizon that are stored: of every host, and of a sixth of the VMs with each snapshot. */
export function toldForecasts(snapshot: Snapshot, judgement: Judgement, minutes: number): Forecast[] {
  const told: Forecast[] = [];
  const tell = (subject: Subject, dimension: Dimension): void => {
    const point = judgement.forecast(subject.id, dimension, minutes);
    if (point !== null) told.push({ subject, dimension, at: judgement.at, points: [point] });
  };
  for (const { name } of snapshot.hosts)
    for (const dimension of dimensions) tell({ type: 'host', id: name, name }, dimension);
  for (let i = snapshot.sequence % parts; i < snapshot.vms.length; i += parts) {
    const { uuid, name, host } = snapshot.vms[i]!;
    for (const dimension of dimensions) tell({ type: 'vm', id: uuid, name, host }, dimension);
  }
  return told;
}
