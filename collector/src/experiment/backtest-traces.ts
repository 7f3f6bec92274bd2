import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** One VM's load over time, five minutes apart, as shares 0..1. */
export type LoadTrace = { readonly name: string; readonly series: readonly Float32Array[] };

/** The traces of one folder; all have the same columns. */
export type TraceSet = {
  readonly name: string;
  readonly dimensions: readonly ('cpu' | 'mem')[];
  readonly traces: readonly LoadTrace[];
};

const shortest = 24;
const columnNames = ['cpu', 'mem'] as const;

/** Reads a folder of trace files, or a folder of such folders. Sorted by name: the same on every run. */
export const readTraceSets = async (directory: string): Promise<TraceSet[]> => {
  const names = await list(directory);
  const folders: string[] = [];
  const files: string[] = [];
  for (const name of names) {
    const about = await stat(join(directory, name));
    if (about.isDirectory()) folders.push(name);
    else files.push(name);
  }
  if (files.length > 0 && folders.length > 0) {
    throw new Error(
      `${directory} mixes files and folders: give a folder of trace files, or a folder of such folders`,
    );
  }
  if (files.length > 0) return [await readSet(directory, basename(directory), files)];
  const sets: TraceSet[] = [];
  for (const folder of folders) {
    const path = join(directory, folder);
    sets.push(await readSet(path, folder, await list(path)));
  }
  if (sets.length === 0) throw new Error(`${directory} holds no traces: one file per VM was expected`);
  return sets;
};

const list = async (directory: string): Promise<string[]> => {
  const names = await readdir(directory).catch((cause: unknown) => {
    const missing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    throw new Error(
      `cannot read traces from ${directory}: ${missing ? 'there is no such folder' : 'it is not a folder that can be read'}`,
      { cause },
    );
  });
  return names.filter((name) => !name.startsWith('.')).sort();
};

const readSet = async (directory: string, name: string, files: readonly string[]): Promise<TraceSet> => {
  if (files.length === 0) throw new Error(`${directory} holds no traces: one file per VM was expected`);
  const traces: LoadTrace[] = [];
  for (const file of files) {
    const path = join(directory, file);
    traces.push({ name: file, series: parseLoads(await readFile(path, 'utf8'), path) });
  }
  const columns = traces[0]!.series.length;
  const odd = traces.find((trace) => trace.series.length !== columns);
  if (odd !== undefined) {
    throw new Error(
      `${join(directory, odd.name)} has ${odd.series.length} columns, ${traces[0]!.name} has ${columns}: all files of a folder need the same`,
    );
  }
  return { name, dimensions: columnNames.slice(0, columns), traces };
};

/** One line per sample: CPU, or CPU and memory, in percent 0..100. */
export const parseLoads = (text: string, path: string): Float32Array[] => {
  const lines = text.trimEnd().split('\n');
  if (lines.length < shortest) {
    throw new Error(`${path} has ${lines.length} samples, at least ${shortest} are needed`);
  }
  const columns = lines[0]!.trim().split(/[\s,]+/).length;
  if (columns > columnNames.length) {
    throw new Error(`${path}:1: ${columns} columns, one (CPU) or two (CPU, memory) were expected`);
  }
  const series = Array.from({ length: columns }, () => new Float32Array(lines.length));
  lines.forEach((line, i) => {
    const values = line.trim().split(/[\s,]+/);
    for (let c = 0; c < columns; c += 1) {
      const value = Number(values[c]);
      if (values.length !== columns || values[c] === '' || !(value >= 0 && value <= 1000)) {
        throw new Error(
          `${path}:${i + 1}: "${line.slice(0, 40)}" is not ${columns === 1 ? 'one percentage' : 'two percentages'} from 0 to 100`,
        );
      }
      // Some published traces go past what a VM was given; it can give no more than all.
      series[c]![i] = Math.min(1, value / 100);
    }
  });
  return series;
};
