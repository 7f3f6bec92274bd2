// Around `npm pack` and `npm publish`: Node runs no TypeScript below node_modules, so what is published is compiled.
//   prepare   compiles src into dist, points package.json at it, brings the licence
//   restore   undoes what prepare changed in this folder
import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const manifest = join(root, 'package.json');
const kept = join(root, 'package.json.kept');
const license = join(root, 'LICENSE');

if (process.argv[2] === 'prepare') {
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  const typescript = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  execFileSync(process.execPath, [typescript, '-p', join(root, 'tsconfig.build.json')], { stdio: 'inherit' });
  copyFileSync(manifest, kept);
  copyFileSync(join(root, '..', 'LICENSE'), license);
  const published = JSON.parse(readFileSync(manifest, 'utf8')) as Record<string, unknown>;
  const entry = (name: string): object => ({ types: `./dist/${name}.d.ts`, default: `./dist/${name}.js` });
  published.exports = { '.': entry('index'), './server': entry('server') };
  delete published.scripts;
  delete published.devDependencies;
  writeFileSync(manifest, `${JSON.stringify(published, undefined, 2)}\n`);
} else if (process.argv[2] === 'restore') {
  renameSync(kept, manifest);
  rmSync(license);
} else {
  throw new Error('usage: pack.ts prepare|restore');
}
