// Builds the app plugin and the console that serves it without Grafana, when their sources changed since the last time.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { compressFiles } from './compress-files.ts';

type Part = { name: string; folder: string; command: string[]; sources: string[] };

const sourcesOf = (folder: string): string[] => [
  `${folder}/src/**/*`,
  `${folder}/*.ts`,
  `${folder}/package.json`,
  `${folder}/.config/**/*`,
  'package-lock.json',
  'scripts/compress-files.ts',
];

const parts: Part[] = [
  {
    name: 'the Grafana app',
    folder: 'grafana-plugin',
    command: ['build.ts'],
    sources: [...sourcesOf('grafana-plugin'), 'dashboards/json/*'],
  },
  { name: 'the console', folder: 'console', command: ['build.ts'], sources: sourcesOf('console') },
];

/** Only the tests want it, uncompressed too: the same app must run there. */
const otherGrafana: Part = {
  name: 'the console on the packages of Grafana 13',
  folder: 'console-grafana-13',
  command: ['../console/build.ts', '--packages', '.'],
  sources: [...sourcesOf('console'), ...sourcesOf('console-grafana-13')],
};

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
export function buildUi({ forTests = false } = {}): void {
  for (const { name, folder, command, sources } of forTests ? [...parts, otherGrafana] : parts) {
    const stamp = `var/built-${folder}`;
    const wanted = fingerprint(sources);
    if (existsSync(`${folder}/dist`) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) continue;
    process.stderr.write(`evenkeel: building ${name}, once until it changes\n`);
    const { status } = spawnSync(process.execPath, command, {
      cwd: folder,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    if (status !== 0) throw new Error(`${name} could not be built; what went wrong stands above`);
    if (folder !== otherGrafana.folder) compressFiles(`${folder}/dist`);
    mkdirSync('var', { recursive: true });
    writeFileSync(stamp, wanted);
  }
}

if (import.meta.main) buildUi({ forTests: process.argv.includes('--for-tests') });
