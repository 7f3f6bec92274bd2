// Builds the app plugin and the console that serves it without Grafana, when their sources changed since the last time.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';

type Part = { name: string; folder: string; sources: string[] };

const parts: Part[] = ['grafana-plugin', 'console'].map((folder) => ({
  name: folder === 'console' ? 'the console' : 'the Grafana app',
  folder,
  sources: [
    `${folder}/src/**/*`,
    `${folder}/*.ts`,
    `${folder}/package.json`,
    `${folder}/.config/**/*`,
    'package-lock.json',
  ],
}));

function fingerprint(sources: string[]): string {
  const hash = createHash('sha256');
  for (const entry of sources
    .flatMap((pattern) => globSync(pattern, { withFileTypes: true }))
    .filter((one) => one.isFile())) {
    const file = `${entry.parentPath}/${entry.name}`;
    hash.update(file).update(readFileSync(file));
  }
  return hash.digest('hex');
}

/** Says what it does, since the first time takes a minute; a second start finds all in place. */
export function buildUi(): void {
  for (const { name, folder, sources } of parts) {
    const stamp = `var/built-${folder}`;
    const wanted = fingerprint(sources);
    if (existsSync(`${folder}/dist`) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) continue;
    process.stderr.write(`evenkeel: building ${name}, once until it changes\n`);
    const { status } = spawnSync(process.execPath, ['build.ts'], {
      cwd: folder,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    if (status !== 0) throw new Error(`${name} could not be built; what went wrong stands above`);
    mkdirSync('var', { recursive: true });
    writeFileSync(stamp, wanted);
  }
}

if (import.meta.main) buildUi();
