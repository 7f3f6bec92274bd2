// npm test: the gate, then every test. --fast: only the types, and the tests that need nothing but the process.
import { globSync, readdirSync, readFileSync } from 'node:fs';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { parseArgs } from 'node:util';
import { buildUi } from './build-ui.ts';
import { runGate } from './gate.ts';

interface Phase {
  name: string;
  seconds: number;
  passed: number;
  failed: number;
}

interface TestPhase {
  name: string;
  files: string[];
  /** Files at a time. */
  concurrency: number;
  /** The most that one file may take; a hanging one is ended. */
  fileTimeoutMs: number;
}

const minute = 60_000;

function testPhases(): TestPhase[] {
  const all = globSync(
    '{libvirt,collector,lab,bench,dashboards,grafana-plugin,console}/test/**/*.test.ts',
  ).sort();
  const named = (ending: string): string[] => all.filter((file) => file.endsWith(ending));
  const [real, browser] = [named('.real.test.ts'), named('.browser.test.ts')];
  const fast = all.filter((file) => !real.includes(file) && !browser.includes(file));
  return [
    { name: 'fast tests', files: fast, concurrency: 2, fileTimeoutMs: 2 * minute },
    // One at a time: labs and databases share two cores and a test's patience.
    { name: 'real tests', files: real, concurrency: 1, fileTimeoutMs: 15 * minute },
    { name: 'browser tests', files: browser, concurrency: 1, fileTimeoutMs: 10 * minute },
  ];
}

async function gatePhase(kind: 'typecheck' | 'all'): Promise<Phase> {
  const started = performance.now();
  console.log(kind === 'all' ? '▶ the gate' : '▶ types');
  const steps = await runGate(kind);
  const passed = steps.filter((step) => step.passed).length;
  return {
    name: 'gate',
    seconds: (performance.now() - started) / 1000,
    passed,
    failed: steps.length - passed,
  };
}

/** A skipped test proves nothing, so it counts as failed; so does a phase in which no test ran. */
async function testPhase({ name, files, concurrency, fileTimeoutMs }: TestPhase): Promise<Phase> {
  const started = performance.now();
  console.log(`\n▶ ${name}: ${files.length} files`);
  let [passed, failed] = [0, 0];
  if (files.length > 0) {
    const stream = run({ files, concurrency, timeout: fileTimeoutMs });
    stream.on('test:summary', ({ file, counts }) => {
      if (file !== undefined) return; // the whole run's summary comes without one
      passed = counts.passed;
      failed = counts.tests - counts.passed;
    });
    const watch = setInterval(killHanging, 5000, new Map(), fileTimeoutMs + minute / 2);
    for await (const text of stream.compose(new spec())) process.stdout.write(text as string);
    clearInterval(watch);
  }
  if (passed + failed === 0) {
    console.log(`✖ ${name}: no test ran`);
    failed = 1;
  }
  return { name, seconds: (performance.now() - started) / 1000, passed, failed };
}

/** The runner's own timeout asks a file's process to end; one that is in an endless loop never hears it. */
function killHanging(since: Map<string, number>, limitMs: number): void {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      // Fields after the name, which ends with the last bracket: state, then the parent's pid.
      const parent = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)?.split(' ')[1];
      if (parent !== String(process.pid)) continue;
    } catch {
      continue; // it ended in the meantime
    }
    const first = since.get(pid) ?? performance.now();
    since.set(pid, first);
    if (performance.now() - first > limitMs) process.kill(Number(pid), 'SIGKILL');
  }
}

const { values } = parseArgs({ options: { fast: { type: 'boolean', default: false } } });
const phases = [await gatePhase(values.fast ? 'typecheck' : 'all')];
if (!values.fast) buildUi({ forTests: true });
for (const phase of testPhases()) {
  if (!values.fast || phase.name === 'fast tests') phases.push(await testPhase(phase));
}

const sum = (of: (phase: Phase) => number): number => phases.reduce((total, phase) => total + of(phase), 0);
console.log();
for (const { name, passed, failed, seconds } of phases) {
  const figures = `${passed} passed, ${failed} failed`.padEnd(26);
  console.log(
    `${failed === 0 ? '✔' : '✖'} ${name.padEnd(14)} ${figures} ${seconds.toFixed(1).padStart(7)} s`,
  );
}
const [passed, failed] = [sum((phase) => phase.passed), sum((phase) => phase.failed)];
console.log(`# pass ${passed}\n# fail ${failed}\n# seconds ${sum((phase) => phase.seconds).toFixed(1)}`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
