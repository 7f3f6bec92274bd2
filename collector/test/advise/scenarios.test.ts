import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { parse } from 'yaml';
import { runScenario, type Scenario } from './run-scenario.ts';

const folder = join(import.meta.dirname, '../scenarios');
const files = globSync('*/*.yaml', { cwd: folder }).sort();

suite('scenarios', () => {
  test('there are enough of them', () => {
    assert.ok(files.length >= 60, `${files.length} scenarios`);
  });
  for (const file of files) {
    test(file, { timeout: 10_000 }, () => {
      const scenario = parse(readFileSync(join(folder, file), 'utf8')) as Scenario;
      assert.ok(scenario.intent.length > 40, 'a scenario says in a paragraph what it is about');
      runScenario(scenario);
    });
  }
});
