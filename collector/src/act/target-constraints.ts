import { Constraints } from '../advise/constraints.ts';
import { effectsOn } from '../advise/effects.ts';
import { buildFleetModel, type FleetModel } from '../advise/fleet-model.ts';
import { Placement } from '../advise/placement.ts';
import { refusalTexts, type RefusalCode } from '../advise/refusal.ts';
import { staticRefusal } from '../advise/static-rules.ts';
import type { Judgement } from '../fleet/judgement.ts';
import type { Policy } from '../fleet/policy.ts';
import type { HostEffect } from '../fleet/recommendation.ts';
import type { Snapshot } from '../fleet/snapshot.ts';
import type { Reservation } from './reservations.ts';

export type ConstraintAnswer = {
  readonly refusals: readonly { readonly code: RefusalCode; readonly message: string }[];
  /** VMs on the source that the policy wants to stay together with this one. */
  readonly partedFrom: readonly string[];
  readonly effects: readonly HostEffect[];
};

/** The planner's own constraints, asked about one move in the fleet as it is, with all reserved moves counted. */
export const askConstraints = (
  snapshot: Snapshot,
  judgement: Judgement,
  policy: Policy,
  uuid: string,
  to: string,
  reserved: readonly Reservation[],
): ConstraintAnswer => {
  const model = modelOf(snapshot, judgement, policy);
  const v = model.vmIndex.get(uuid);
  const h = model.hostIndex.get(to);
  if (v === undefined) return refusedBy(['vm-not-running']);
  if (h === undefined) return refusedBy(['host-unknown']);
  const u = model.unitOf[v]!;
  const before = new Placement(model);
  for (const other of reserved) {
    const otherVm = model.vmIndex.get(other.uuid);
    const otherHost = model.hostIndex.get(other.to);
    if (otherVm === undefined || otherHost === undefined || other.uuid === uuid) continue;
    const unit = model.unitOf[otherVm]!;
    if (model.home[unit] !== otherHost) before.join(unit, otherHost);
  }
  const constraints = new Constraints(model);
  const codes = new Set<RefusalCode>();
  const note = (code: RefusalCode | null) => {
    if (code !== null) codes.add(code);
  };
  // Each on its own, so that the admin learns all that is wrong at once.
  note(constraints.immovable(u));
  if (model.home[u] === h) note('same-host');
  else {
    note(constraints.closed(h));
    note(staticRefusal(model.vms[v]!, model.hosts[model.home[u]!]!, model.hosts[h]!, policy));
    note(constraints.room(before, u, h));
    if (codes.size === 0) note(constraints.refusal(before, u, h));
  }
  const after = before.copy();
  if (model.home[u] !== h) after.move(u, h);
  return {
    ...refusedBy([...codes]),
    partedFrom: model
      .membersOf(u)
      .filter((member) => member !== v)
      .map((member) => model.vms[member]!.name),
    effects: effectsOn(before, after, [model.home[u]!, h]),
  };
};

const refusedBy = (codes: readonly RefusalCode[]): ConstraintAnswer => ({
  refusals: codes.map((code) => ({ code, message: refusalTexts[code] })),
  partedFrom: [],
  effects: [],
});

/** A model takes a while on a large fleet, and a burst of requests asks about one snapshot. */
const models = new WeakMap<
  Snapshot,
  { readonly policy: Policy; readonly judgement: Judgement; readonly model: FleetModel }
>();

const modelOf = (snapshot: Snapshot, judgement: Judgement, policy: Policy): FleetModel => {
  const known = models.get(snapshot);
  if (known?.policy === policy && known.judgement === judgement) return known.model;
  const model = buildFleetModel(snapshot, judgement, policy);
  models.set(snapshot, { policy, judgement, model });
  return model;
};
