import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Trace } from './fleet-plan.ts';

/** Traces as PlanetLab's come: one file for each VM, one CPU value 0..100 on each line. */
export function readTraces(directory: string): Trace[] {
  const files = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isFile());
  if (files.length === 0)
    throw new Error(`${directory} holds no traces; name a directory with one file for each VM`);
  return files
    .map(({ name }) => name)
    .sort()
    .map((name) => ({ name, shares: readShares(path.join(directory, name)) }));
}

function readShares(file: string): number[] {
  const lines = readFileSync(file, 'utf8').split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  if (lines.length === 0) throw new Error(`${file} is empty; a trace has one value 0 to 100 on each line`);
  return lines.map((line, index) => {
    const value = Number(line);
    if (line.trim() !== '' && value >= 0 && value <= 100) return value / 100;
    throw new Error(
      `${file}:${index + 1} has "${line.slice(0, 40)}"; a trace has one value 0 to 100 on each line`,
    );
  });
}
