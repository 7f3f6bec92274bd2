import { readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { readTraces, type CpuTrace } from '../../collector/src/experiment/planetlab-traces.ts';

export type Day = { readonly name: string; readonly traces: readonly CpuTrace[] };

/** One day, or a folder of days, which are named like 20110303. */
export async function readDays(directory: string): Promise<Day[]> {
  const path = resolve(directory);
  const entries = await readdir(path, { withFileTypes: true }).catch((cause: unknown) => {
    throw new Error(`cannot read traces from ${path}: it is not a readable folder`, { cause });
  });
  const folders = entries.filter((entry) => entry.isDirectory() && /^\d{8}$/.test(entry.name));
  if (folders.length === 0) return [{ name: basename(path), traces: await readTraces(path) }];
  const days: Day[] = [];
  for (const name of folders.map((folder) => folder.name).sort()) {
    days.push({ name, traces: await readTraces(join(path, name)) });
  }
  return days;
}

/**
 * Further days of the same kind: 900 to 1499 VMs drawn from all days at hand, in a new order, so with other sizes and
 * other neighbours. Nothing was chosen on them.
 */
export function resampledDays(days: readonly Day[], count: number): Day[] {
  const all = days.flatMap((day) => day.traces);
  return Array.from({ length: count }, (_, i) => {
    const random = congruential(i + 1);
    const size = Math.min(all.length, 900 + Math.floor(random() * 600));
    const pool = [...all];
    for (let k = 0; k < size; k++) {
      const other = k + Math.floor(random() * (pool.length - k));
      [pool[k], pool[other]] = [pool[other]!, pool[k]!];
    }
    return { name: `resampled ${i + 1}`, traces: pool.slice(0, size) };
  });
}

/** A plain linear congruential generator: the same days on every machine. */
function congruential(seed: number): () => number {
  let state = Math.imul(seed, 2654435761) >>> 0;
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  for (let i = 0; i < 10; i++) next();
  return next;
}
