/**
 * npm run compatibility -w evenkeel-fleet-app -- [VERSION ...]: is everything of Grafana's that the app uses there in
 * these versions? What is gone fails. Levitate also tells of each declaration that reads differently, `type` for
 * `export type` too: those are shown, for a person to judge.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const levitate = '@grafana/levitate@0.17.2';
const packages = ['@grafana/data', '@grafana/ui', '@grafana/runtime'];
const asked = process.argv.slice(2);
const versions = asked.length > 0 ? asked : ['11.6.16', '12.4.10', '13.2.2'];
const here = import.meta.dirname;

// Levitate asks npm for what is installed, which in a workspace names only the workspaces: so it gets a folder that
// looks like a project of its own, with one entry for the app and its panels.
const folder = mkdtempSync(path.join(tmpdir(), 'evenkeel-compatibility-'));
try {
  const { dependencies } = JSON.parse(readFileSync(path.join(here, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ name: 'compatibility', dependencies }));
  symlinkSync(path.join(here, '../node_modules'), path.join(folder, 'node_modules'));
  symlinkSync(path.join(here, 'src'), path.join(folder, 'src'));
  const modules = ['module', 'panels/fleet-map/module', 'panels/migrate/module'];
  writeFileSync(
    path.join(folder, 'entry.ts'),
    modules.map((module) => `import './src/${module}.tsx';\n`).join(''),
  );
  for (const version of versions) {
    const target = packages.map((name) => `${name}@${version}`).join(',');
    const args = ['--yes', levitate, 'is-compatible', '--path', path.join(folder, 'entry.ts')];
    const { status, stdout, stderr } = spawnSync('npx', [...args, '--target', target], {
      cwd: folder,
      encoding: 'utf8',
    });
    const compared = packages.every((name) => stdout.includes(`Found ${name} version`));
    const gone = !compared || /^\d+\) Removed/m.test(stdout);
    if (gone) process.exitCode = 1;
    process.stdout.write(`${gone ? '✖' : '✔'} Grafana ${version}\n`);
    if (status !== 0 || gone) process.stdout.write(`${stdout}${gone ? stderr : ''}\n`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
