// What must hold before any test runs: node scripts/gate.ts lint|typecheck|all
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';

interface Step {
  name: string;
  kind: 'lint' | 'typecheck';
  command: string[];
}

export interface StepResult {
  name: string;
  passed: boolean;
  seconds: number;
  output: string;
}

/** Code that runs in a browser is checked by its own rules. */
const browserProjects = ['grafana-plugin', 'console'].filter((project) =>
  existsSync(`${project}/tsconfig.json`),
);
const crossChecked = [
  'libvirt',
  'collector',
  'lab',
  'bench',
  'dashboards',
  'scripts',
  'grafana-plugin/src',
  'console/src',
];

const steps: Step[] = [
  typecheck('types', 'tsconfig.json'),
  ...browserProjects.map((project) => typecheck(`types of ${project}`, project)),
  typecheck('types on Grafana 13', 'grafana-plugin/tsconfig.grafana-13.json'),
  { name: 'lint', kind: 'lint', command: ['eslint', '--max-warnings', '0', '.'] },
  { name: 'format', kind: 'lint', command: ['prettier', '--check', '--log-level', 'warn', '.'] },
  { name: 'dead code', kind: 'lint', command: ['knip', '--no-progress'] },
  {
    name: 'import directions',
    kind: 'lint',
    command: [
      'depcruise',
      '--config',
      '.dependency-cruiser.cjs',
      ...crossChecked.filter((path) => existsSync(path)),
    ],
  },
];

/** What tsc keeps for the next time makes that a matter of seconds. */
function typecheck(name: string, project: string): Step {
  const kept = `var/tsc/${project.replace('.json', '').replaceAll('/', '-')}.tsbuildinfo`;
  return {
    name,
    kind: 'typecheck',
    command: ['tsc', '-p', project, '--incremental', '--tsBuildInfoFile', kept],
  };
}

function runStep(step: Step): Promise<StepResult> {
  const started = performance.now();
  const [program, ...args] = step.command;
  return new Promise((resolve) => {
    execFile(`node_modules/.bin/${program}`, args, { maxBuffer: 64 * 2 ** 20 }, (error, stdout, stderr) => {
      const seconds = (performance.now() - started) / 1000;
      const output = `${stdout}${stderr}`.trim() || (error?.message ?? '');
      resolve({ name: step.name, passed: error === null, seconds, output });
    });
  });
}

/** Runs the steps, two at a time, and tells of each as it ends; what a failed one said is shown whole. */
export async function runGate(kind: Step['kind'] | 'all'): Promise<StepResult[]> {
  const waiting = steps.filter((step) => kind === 'all' || step.kind === kind);
  const results: StepResult[] = [];
  const work = async (): Promise<void> => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
      const result = await runStep(step);
      results.push(result);
      console.log(`${result.passed ? '✔' : '✖'} ${result.name} (${result.seconds.toFixed(1)} s)`);
      if (!result.passed) console.log(result.output);
    }
  };
  await Promise.all([work(), work()]);
  return results;
}

if (import.meta.main) {
  const kind = process.argv[2] ?? 'all';
  if (kind !== 'lint' && kind !== 'typecheck' && kind !== 'all') {
    console.error(`gate: "${kind}" is none of lint, typecheck, all`);
    process.exit(2);
  }
  const results = await runGate(kind);
  process.exitCode = results.every((result) => result.passed) ? 0 : 1;
}
