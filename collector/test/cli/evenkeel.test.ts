import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Command, UsageError } from '../../src/cli/command.ts';
import { evenkeel } from '../../src/cli/evenkeel.ts';
import { readOptions, readPositionals } from '../../src/cli/options.ts';
import { recordingIo } from './recording-io.ts';

const greet: Command = {
  name: 'greet',
  summary: 'says hello',
  usage: 'evenkeel greet NAME [--loud]\n\nSays hello.',
  run: (args, io) => {
    const { values, positionals } = readOptions(args, { loud: { type: 'boolean' } });
    const [name] = readPositionals(positionals, ['NAME']);
    if (name === 'nobody') throw new Error('nobody is not there');
    if (name === 'empty') throw new UsageError('NAME must not be empty');
    io.stdout.write(values.json ? JSON.stringify({ name }) : values.loud ? 'HELLO' : 'hello');
    return Promise.resolve(0);
  },
};
const registry = { greet: () => Promise.resolve(greet) };

const run = async (...args: string[]) => {
  const io = recordingIo();
  const code = await evenkeel(args, io, registry);
  return { code, out: io.out(), err: io.errors() };
};

test('a command runs with its options and answers 0', async () => {
  assert.deepEqual(await run('greet', 'you', '--loud'), { code: 0, out: 'HELLO', err: '' });
  assert.deepEqual(await run('greet', 'you', '--json'), { code: 0, out: '{"name":"you"}', err: '' });
});

test('what fails is one sentence on stderr and exit code 1', async () => {
  assert.deepEqual(await run('greet', 'nobody'), {
    code: 1,
    out: '',
    err: 'evenkeel: nobody is not there\n',
  });
});

test('wrong usage is exit code 2 and says what would be right', async () => {
  for (const [args, sentence] of [
    [['greet'], /^evenkeel: NAME is missing\nusage: evenkeel greet NAME \[--loud\]\n$/],
    [['greet', 'a', 'b'], /"b" is one argument too many/],
    [['greet', 'a', '--quiet'], /Unknown option '--quiet'/],
    [['greet', 'empty'], /must not be empty/],
    [['gret'], /"gret" is no command; "evenkeel --help" lists them/],
    [['__proto__'], /is no command/],
  ] as const) {
    const { code, out, err } = await run(...args);
    assert.equal(code, 2, args.join(' '));
    assert.equal(out, '');
    assert.match(err, sentence);
  }
});

test('help goes to stdout when asked for, to stderr when nothing was said', async () => {
  assert.match((await run('--help')).out, /greet {2}says hello/);
  assert.match((await run('greet', '--help')).out, /^evenkeel greet NAME/);
  assert.match((await run('help', 'greet')).out, /^evenkeel greet NAME/);
  const nothing = await run();
  assert.equal(nothing.code, 2);
  assert.match(nothing.err, /usage: evenkeel COMMAND/);
});
