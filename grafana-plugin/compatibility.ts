/**
 * npm run compatibility -w evenkeel-fleet-app -- [VERSION ...]: is everything of Grafana's that the app uses there in
 * these versions? What is gone fails, and so does what their types refuse: a property that a component does not know
 * yet is seen by the compiler only. Levitate also tells of each declaration that reads differently, `type` for
 * `export type` too, or, without a word, one whose type has other members: those are shown, for a person to judge.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const levitate = '@grafana/levitate@0.17.2';
const packages = ['@grafana/data', '@grafana/ui', '@grafana/runtime'];
/** Whose types the others' types are made of. */
const typePackages = [...packages, '@grafana/schema', '@grafana/e2e-selectors'];
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
    const refused = whatTypesRefuse(version);
    if (gone || refused !== '') process.exitCode = 1;
    process.stdout.write(`${gone || refused !== '' ? '✖' : '✔'} Grafana ${version}\n${refused}`);
    if (status !== 0 || gone) process.stdout.write(`${stdout}${gone ? stderr : ''}\n`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** What the compiler says of the app's source on that version's types; those packages are unpacked, not installed. */
function whatTypesRefuse(version: string): string {
  const home = path.join(folder, version);
  const paths: Record<string, string[]> = {};
  for (const name of typePackages) {
    const unpacked = path.join(home, name);
    mkdirSync(unpacked, { recursive: true });
    const pack = ['pack', '--silent', '--pack-destination', home, `${name}@${version}`];
    const archive = path.join(home, run('npm', pack).trim());
    run('tar', ['-xzf', archive, '-C', unpacked, '--strip-components=1']);
    paths[name] = [unpacked];
  }
  const project = path.join(home, 'tsconfig.json');
  const compilerOptions = { paths, typeRoots: [path.join(here, '../node_modules/@types')] };
  const include = ['.config/types', 'src'].map((part) => path.join(here, part));
  writeFileSync(
    project,
    JSON.stringify({ extends: path.join(here, 'tsconfig.json'), compilerOptions, include }),
  );
  return spawnSync('tsc', ['-p', project], { cwd: here, encoding: 'utf8' }).stdout;
}

function run(program: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: here, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`);
  return stdout;
}
