/** What one poll asks of every VM, besides what costs QEMU nothing or little: its state, CPU time and interfaces. */
export type Asked = { readonly memory: boolean; readonly disk: boolean; readonly pressure: boolean };

/** Each of these is a question to every QEMU of the host. */
export const turnGroups = ['memory', 'disk', 'pressure'] as const;
export type TurnGroup = (typeof turnGroups)[number];

export const everything: Asked = { memory: true, disk: true, pressure: true };

/** Every how many polls each group is read, and from which share of the host's CPUs on all are, at every poll; 1: never. */
export type ReadTurns = Readonly<Record<TurnGroup, number>> & { readonly allFromCpu: number };

/** More of its CPUs at once than one poll before: something happens there. */
const abruptRise = 0.2;

/** Whether a host is watched closely, by its share of busy CPUs at the last two polls. */
export const isLively = (before: number | null, now: number | null, allFromCpu: number): boolean =>
  allFromCpu < 1 && now !== null && (now >= allFromCpu || (before !== null && now - before >= abruptRise));

/** The groups whose turn it is: one after the other, so that no poll is much dearer than the next. */
export function turnAt(poll: number, turns: ReadTurns): Asked {
  const due = (group: TurnGroup): boolean => (poll + turnGroups.indexOf(group)) % turns[group] === 0;
  return { memory: due('memory'), disk: due('disk'), pressure: due('pressure') };
}
