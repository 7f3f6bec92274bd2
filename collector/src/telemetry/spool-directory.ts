import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * The names in a spool's directory:
 * - `<seq>.open` lines being appended to, by this process or by one that was killed;
 * - `<seq>-<points>.gz` a complete batch;
 * - `lock` the process that owns the directory.
 */
export type SpooledFile = {
  readonly name: string;
  readonly sequence: number;
  /** Null for a batch that was never completed. */
  readonly points: number | null;
  readonly bytes: number;
  readonly modifiedAt: number;
};

export const openName = (sequence: number): string => `${padded(sequence)}.open`;
export const closedName = (sequence: number, points: number): string => `${padded(sequence)}-${points}.gz`;
const padded = (sequence: number): string => String(sequence).padStart(16, '0');

/** Creates or claims the directory; lists what an earlier process left, oldest first. */
export function claimDirectory(directory: string): SpooledFile[] {
  mkdirSync(directory, { recursive: true });
  const lock = path.join(directory, 'lock');
  const owner = ownerOf(lock);
  if (owner !== undefined)
    throw new Error(
      `the spool ${directory} is in use by process ${owner}; give each collector a directory of its own`,
    );
  tryWrite(lock, String(process.pid));
  const files: SpooledFile[] = [];
  for (const name of readdirSync(directory)) {
    const match = /^(\d{16})(?:\.open|-(\d+)\.gz)$/.exec(name);
    if (match === null) {
      if (name.endsWith('.part')) rmSync(path.join(directory, name), { force: true });
      continue;
    }
    const { size, mtimeMs } = statSync(path.join(directory, name));
    const points = match[2] === undefined ? null : Number(match[2]);
    files.push({ name, sequence: Number(match[1]), points, bytes: size, modifiedAt: mtimeMs });
  }
  files.sort((a, b) => a.sequence - b.sequence || Number(a.points === null) - Number(b.points === null));
  // Killed between completing a batch and removing its lines: the complete one counts.
  return files.filter((file, index) => {
    if (files[index - 1]?.sequence !== file.sequence) return true;
    rmSync(path.join(directory, file.name), { force: true });
    return false;
  });
}

export function releaseDirectory(directory: string): void {
  rmSync(path.join(directory, 'lock'), { force: true });
}

/** A full disk must not keep the collector from starting. */
function tryWrite(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    if (!isDiskTrouble(error)) throw error;
  }
}

export const isDiskTrouble = (error: unknown): boolean =>
  ['ENOSPC', 'EDQUOT', 'EIO', 'EROFS'].includes((error as NodeJS.ErrnoException).code ?? '');

function ownerOf(lock: string): number | undefined {
  let pid: number;
  try {
    pid = Number(readFileSync(lock, 'utf8'));
  } catch {
    return undefined;
  }
  // In a container every start has the same pid, so one's own pid says that the earlier process is gone.
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return undefined;
  try {
    process.kill(pid, 0);
    return pid;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? pid : undefined;
  }
}
