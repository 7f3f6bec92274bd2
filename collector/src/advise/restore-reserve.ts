import type { Finding } from '../fleet/finding.ts';
import type { Recommendation } from '../fleet/recommendation.ts';
import { fleetSubject } from '../judge/describe.ts';
import { book, makeRecommendation } from './make-recommendation.ts';
import type { Planning } from './planning.ts';
import { wakingOrder } from './waking-order.ts';

/** The fleet lacks its reserve: switches on the host that serves best, where there is one. */
export const restoreReserve = (planning: Planning, findings: readonly Finding[]): Recommendation | null => {
  const [finding] = findings;
  if (finding === undefined) return null;
  const { model } = planning;
  const off = model.hosts
    .map((_, h) => h)
    .filter((h) => model.noTarget[h] === 'host-off' && !planning.plannedHosts.has(h))
    .sort((a, b) => wakingOrder(model, a, b));
  const [wake] = off;
  const reserve = model.policy.reserve.hosts;
  if (wake === undefined) {
    planning.refused.push({
      kind: 'deconsolidate',
      subject: fleetSubject(model.snapshot.fleet),
      reason: 'The fleet lacks its reserve, and there is no host that could be switched on.',
    });
    return null;
  }
  const { name } = model.hosts[wake]!;
  const made = makeRecommendation(
    planning,
    {
      kind: 'deconsolidate',
      priority: 3,
      targets: new Map(),
      power: [{ host: name, action: 'switch-on' }],
      findings,
      gain: 0,
      reason: `The fleet lacks its reserve of ${reserve === 1 ? 'one host' : `${reserve} hosts`}, so ${name} should be switched on.`,
      ifIgnored: 'When a host fails, not all of its VMs can be started elsewhere.',
      alternatives: off.slice(1, 3).map((other) => ({
        description: `Switch on ${model.hosts[other]!.name} instead.`,
        lost: `${name} comes first by priority, work per watt and size.`,
      })),
    },
    planning.constraints({ switchedOn: new Set([wake]) }),
  );
  if (!('recommendation' in made)) return null;
  book(planning, made.recommendation, made.targets);
  return made.recommendation;
};
