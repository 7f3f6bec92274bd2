import { createHash } from 'node:crypto';
import { access, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from './run-command.ts';

export interface GuestImage {
  kernel: string;
  initrd: string;
}

const shellDir = join(import.meta.dirname, '../sh');

/** The guests' kernel and initrd, built once for each kernel and each version of what goes into the initrd. */
export async function guestImage(cacheDir: string): Promise<GuestImage> {
  const kernelDir = join(cacheDir, 'kernel');
  const sources = [
    join(kernelDir, 'complete'),
    join(shellDir, 'guest-image.sh'),
    join(shellDir, '../guest/init'),
  ];
  const key = createHash('sha256');
  for (const source of sources) key.update(await readFile(source));
  const dir = join(cacheDir, `guest-${key.digest('hex').slice(0, 12)}`);
  const image = { kernel: join(dir, 'vmlinuz'), initrd: join(dir, 'initrd') };
  try {
    await access(image.kernel);
    return image;
  } catch {
    // Not built yet.
  }
  await mkdir(cacheDir, { recursive: true });
  const work = await mkdtemp(join(cacheDir, 'guest-work-'));
  try {
    await runCommand('bash', [join(shellDir, 'guest-image.sh'), kernelDir, work]);
    // Of two labs that build it at once, the first one's stays; both are the same.
    await rename(work, dir).catch(() => access(image.kernel));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return image;
}
