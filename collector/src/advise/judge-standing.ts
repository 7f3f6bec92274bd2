import type { Judgement } from '../fleet/judgement.ts';
import type { Policy } from '../fleet/policy.ts';
import type { Snapshot } from '../fleet/snapshot.ts';
import { createJudgeState, judge } from '../judge/judge.ts';

/** What judge would say of a fleet that has stood like this snapshot for long enough: a file has no history. */
export const judgeStanding = (snapshot: Snapshot, policy: Policy): Judgement => {
  const state = createJudgeState();
  const looks = Math.max(policy.hotspot.samples, 2);
  const step = Math.ceil(((policy.coldspotMinutes + 1) * 60_000) / (looks - 1));
  for (let look = 1; look < looks; look += 1) {
    const earlier = (looks - look) * step;
    judge(shifted(snapshot, -earlier), state, policy);
  }
  return judge(snapshot, state, policy);
};

const shifted = (snapshot: Snapshot, by: number): Snapshot => {
  const shift = <T extends { sampledAt: number | null }>(subject: T): T =>
    subject.sampledAt === null ? subject : { ...subject, sampledAt: subject.sampledAt + by };
  return {
    ...snapshot,
    at: snapshot.at + by,
    hosts: snapshot.hosts.map(shift),
    vms: snapshot.vms.map(shift),
  };
};
