import type { Finding } from '../fleet/finding.ts';
import type { Recommendation } from '../fleet/recommendation.ts';
import { hostSubject, vmSubject } from '../judge/describe.ts';
import { unitName, whyNowhere } from './choose-target.ts';
import { emptyHosts } from './empty-hosts.ts';
import { book, makeRecommendation } from './make-recommendation.ts';
import type { Planning } from './planning.ts';
import { listText, plural } from './wording.ts';

const attempts = 6;

/** Why a host is emptied: an admin's order, or trouble that observing met. */
export type DrainCause = 'ordered' | 'maintenance' | 'trouble';

/** Empties a host as far as the rules let it, in plans of at most the policy's length, and names what must stay. */
export const drainHost = (
  planning: Planning,
  h: number,
  cause: DrainCause,
  findings: readonly Finding[],
): Recommendation | null => {
  const { model, start } = planning;
  const host = model.hosts[h]!;
  const refuse = (reason: string) =>
    planning.refused.push({ kind: 'drain', subject: hostSubject(host), reason });
  if (start.units[h] === 0) return null;
  if (model.untouchable[h] === 1) {
    refuse(`${host.name} cannot be emptied: there is no trustworthy data of it.`);
    return null;
  }
  let failure = '';
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const constraints = planning.constraints({ disturbResting: true, leaving: new Set([h]) });
    const { targets, stuck } = emptyHosts(planning, [h], constraints, 'spread');
    const first = withinPlan(planning, targets);
    const all = start.units[h]!;
    const vms = plural(first.size, 'VM');
    const left = stuck.length > 0 ? `; ${plural(stuck.length, 'VM')} must stay` : '';
    const part = first.size < targets.size ? `, the first ${vms} of ${all}` : ` of its ${plural(all, 'VM')}`;
    if (first.size > 0) {
      const why = {
        ordered: `${host.name} is to be emptied`,
        maintenance: `${host.name} is in maintenance`,
        trouble: `${host.name} is in trouble (${host.trouble[0]?.message ?? 'seen while observing it'})`,
      }[cause];
      const names = listText([...new Set(first.values())].map((to) => model.hosts[to]!.name));
      const made = makeRecommendation(
        planning,
        {
          kind: 'drain',
          priority: cause === 'trouble' ? 1 : 2,
          targets: first,
          power: [],
          findings,
          gain: first.size / all,
          reason: `${why}; moving ${first.size < targets.size ? '' : vms}${part.replace(/^, /, '')} to ${names}${left}.`,
          ifIgnored:
            cause === 'trouble'
              ? `When ${host.name} fails, its ${plural(all, 'VM')} fail with it.`
              : `${host.name} cannot be worked on while ${plural(all, 'VM')} run on it.`,
          alternatives: [
            {
              description: `Shut the VMs of ${host.name} down and start them elsewhere.`,
              lost: 'They would stand still much longer than a live migration lets them.',
            },
          ],
        },
        constraints,
      );
      if ('recommendation' in made) {
        book(planning, made.recommendation, made.targets);
        for (const u of stuck) refuseUnit(planning, u, whyNowhere(constraints, planning.booked, u));
        return made.recommendation;
      }
      failure = made.failure;
      if (made.again) continue;
    } else {
      for (const u of stuck) refuseUnit(planning, u, whyNowhere(constraints, planning.booked, u));
    }
    break;
  }
  refuse(`${host.name} cannot be emptied: ${failure === '' ? 'none of its VMs can move' : failure}.`);
  return null;
};

const refuseUnit = (planning: Planning, u: number, why: string): void => {
  const { model } = planning;
  const vm = model.vms[model.membersOf(u)[0]!]!;
  planning.refused.push({
    kind: 'drain',
    subject: vmSubject(vm),
    reason: `VM ${unitName(model, u)} must stay on ${vm.host}: ${why}.`,
  });
};

/** As many units as one plan may move; the next plan takes the rest. */
export const withinPlan = (planning: Planning, targets: ReadonlyMap<number, number>): Map<number, number> => {
  const { model } = planning;
  const first = new Map<number, number>();
  let vms = 0;
  for (const [u, to] of targets) {
    vms += model.membersOf(u).length;
    if (vms > model.policy.limits.perPlan) break;
    first.set(u, to);
  }
  return first;
};
