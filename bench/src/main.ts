/** npm run bench -- NAME [flags]: runs one benchmark and prints its JSON. */
import { existsSync, globSync } from 'node:fs';
import path from 'node:path';

type Bench = {
  readonly description: string;
  readonly run: (args: readonly string[]) => unknown;
};

const [name, ...args] = process.argv.slice(2);

async function find(wanted: string): Promise<Bench | null> {
  const file = path.join(import.meta.dirname, `${wanted}.ts`);
  if (!/^[a-z]+$/.test(wanted) || !existsSync(file)) return null;
  const module = (await import(file)) as Record<string, unknown>;
  return (module[`${wanted}Bench`] as Bench | undefined) ?? null;
}

/** A file that offers a benchmark under its own name is one; the others belong to them. */
async function list(): Promise<string> {
  const names = globSync('*.ts', { cwd: import.meta.dirname })
    .map((file) => path.basename(file, '.ts'))
    .filter((one) => one !== 'main')
    .sort();
  const found = await Promise.all(names.map(async (one) => [one, await find(one)] as const));
  return found
    .flatMap(([one, bench]) => (bench === null ? [] : [`  ${one.padEnd(10)} ${bench.description}`]))
    .join('\n');
}

const bench = name === undefined ? null : await find(name);
if (bench === null) {
  const problem = name === undefined ? 'say which benchmark' : `there is no benchmark "${name}"`;
  console.error(`bench: ${problem}:\n${await list()}`);
  process.exitCode = 2;
} else {
  console.log(JSON.stringify(await bench.run(args), null, 2));
}
