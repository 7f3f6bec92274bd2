import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Samples of one day, five minutes apart. */
export const samplesPerDay = 288;
export const sampleSeconds = 300;

/** The CPU demand of one VM over a day, as a share 0..1 of what the VM was given. */
export type CpuTrace = { readonly name: string; readonly cpu: Float64Array };

/** Reads one day: a folder with one file per VM, sorted by name because the order decides each VM's size. */
export async function readTraces(directory: string): Promise<CpuTrace[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch((cause: unknown) => {
    const reason = isMissing(cause) ? 'there is no such folder' : 'it is not a readable folder';
    throw new Error(`cannot read traces from ${directory}: ${reason}`, { cause });
  });
  const names: string[] = [];
  for (const entry of entries) {
    if (entry.isDirectory()) {
      throw new Error(
        `${join(directory, entry.name)} is a folder: give the folder of one day, which holds one file per VM`,
      );
    }
    names.push(entry.name);
  }
  if (names.length === 0) throw new Error(`${directory} holds no trace: one file per VM was expected`);
  // Code unit order: the same on every machine, whatever its locale.
  names.sort();
  const traces: CpuTrace[] = [];
  for (const name of names) {
    const path = join(directory, name);
    traces.push({ name, cpu: parseTrace(await readFile(path, 'utf8'), path) });
  }
  return traces;
}

/** One integer per line, 0..100 percent, exactly one day of them. */
export function parseTrace(text: string, path: string): Float64Array {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  if (lines.length < samplesPerDay) {
    throw new Error(
      `${path}:${lines.length + 1}: the file ends here, a day has ${samplesPerDay} lines, one value each`,
    );
  }
  if (lines.length > samplesPerDay) {
    throw new Error(`${path}:${samplesPerDay + 1}: one line too many, a day has ${samplesPerDay}`);
  }
  const cpu = new Float64Array(samplesPerDay);
  for (const [index, line] of lines.entries()) {
    const value = line.trim();
    if (!/^\d{1,3}$/.test(value) || Number(value) > 100) {
      throw new Error(
        `${path}:${index + 1}: "${value.slice(0, 40)}" is no CPU load, an integer from 0 to 100 was expected`,
      );
    }
    cpu[index] = Number(value) / 100;
  }
  return cpu;
}

const isMissing = (cause: unknown): boolean =>
  cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
