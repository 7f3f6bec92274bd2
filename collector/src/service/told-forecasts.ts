import type { Forecast } from '../fleet/forecast.ts';
import type { Judgement } from '../fleet/judgement.ts';
import { dimensions } from '../fleet/load.ts';
import type { Snapshot } from '../fleet/snapshot.ts';
import type { Subject } from '../fleet/subject.ts';

/** Each snapshot tells the forecasts of one part of the VMs, so that writing them never doubles what is written. */
const parts = 6;
const subjectsPerPart = 100;

/**
 * The forecasts at the horizon that are stored: of every host, and of a sixth of the VMs with each snapshot; a hundred
 * hosts or VMs at a time.
 */
export function* toldForecasts(
  snapshot: Snapshot,
  judgement: Judgement,
  minutes: number,
): Generator<readonly Forecast[], undefined> {
  let told: Forecast[] = [];
  let subjects = 0;
  for (const subject of toldSubjects(snapshot)) {
    for (const dimension of dimensions) {
      const point = judgement.forecast(subject.id, dimension, minutes);
      if (point !== null) told.push({ subject, dimension, at: judgement.at, points: [point] });
    }
    if (++subjects % subjectsPerPart !== 0) continue;
    yield told;
    told = [];
  }
  yield told;
}

function* toldSubjects({ hosts, vms, sequence }: Snapshot): Generator<Subject, undefined> {
  for (const { name } of hosts) yield { type: 'host', id: name, name };
  for (let place = sequence % parts; place < vms.length; place += parts) {
    const { uuid, name, host } = vms[place]!;
    yield { type: 'vm', id: uuid, name, host };
  }
}
