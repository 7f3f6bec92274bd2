import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { evenkeel } from '../../src/cli/evenkeel.ts';
import { schemaCommand } from '../../src/cli/schema.ts';
import { recordingIo } from './recording-io.ts';

const run = async (...args: string[]) => {
  const io = recordingIo();
  const code = await evenkeel(['schema', ...args], io, { schema: () => Promise.resolve(schemaCommand) });
  return { code, out: io.out(), errors: io.errors() };
};

suite('evenkeel schema', () => {
  for (const name of ['snapshot', 'policy']) {
    test(`docs/schemas/${name}.json is what the vocabulary says`, async () => {
      const { out } = await run(name);
      const published = readFileSync(join(import.meta.dirname, `../../../docs/schemas/${name}.json`), 'utf8');
      assert.deepEqual(
        JSON.parse(published),
        JSON.parse(out),
        `out of date: node collector/src/cli/run.ts schema ${name} > docs/schemas/${name}.json`,
      );
    });
  }

  test('an unknown name is wrong usage', async () => {
    const { code, errors } = await run('fleet');
    assert.equal(code, 2);
    assert.match(errors, /there is no schema "fleet"; NAME is one of: policy, snapshot/);
  });
});
