import { type Command, type CommandIo, exitCodes, UsageError } from './command.ts';
import { commands } from './commands.ts';
import { hasColours, paint } from './style.ts';

type Registry = Readonly<Record<string, () => Promise<Command>>>;

/** The `evenkeel` command: finds the command, runs it, and turns what went wrong into one sentence and an exit code. */
export async function evenkeel(
  args: readonly string[],
  io: CommandIo,
  registry: Registry = commands,
): Promise<number> {
  const [name, ...rest] = args;
  try {
    if (name === undefined) {
      io.stderr.write(await overview(registry));
      return exitCodes.usage;
    }
    if (name === '--help' || name === '-h' || (name === 'help' && rest.length === 0)) {
      io.stdout.write(await overview(registry));
      return exitCodes.ok;
    }
    const wanted = name === 'help' ? rest[0]! : name;
    if (!Object.hasOwn(registry, wanted)) {
      throw new UsageError(`"${wanted}" is no command; "evenkeel --help" lists them`);
    }
    const command = await registry[wanted]!();
    if (name === 'help' || asksForHelp(rest)) {
      io.stdout.write(command.usage.trimEnd() + '\n');
      return exitCodes.ok;
    }
    return await runCommand(command, rest, io);
  } catch (cause) {
    return fail(cause, io);
  }
}

async function runCommand(command: Command, args: readonly string[], io: CommandIo): Promise<number> {
  try {
    return await command.run(args, io);
  } catch (cause) {
    if (cause instanceof UsageError) {
      fail(cause, io);
      io.stderr.write(`usage: ${command.usage.trim().split('\n', 1)[0]!}\n`);
      return exitCodes.usage;
    }
    return fail(cause, io);
  }
}

function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return (end < 0 ? args : args.slice(0, end)).some((arg) => arg === '--help' || arg === '-h');
}

function fail(cause: unknown, io: CommandIo): number {
  const message = cause instanceof Error ? cause.message : String(cause);
  io.stderr.write(`${paint('evenkeel:', 'red', hasColours(io.stderr, io.env))} ${message}\n`);
  if (io.env.EVENKEEL_DEBUG && cause instanceof Error) io.stderr.write(`${cause.stack ?? ''}\n`);
  return cause instanceof UsageError ? exitCodes.usage : exitCodes.failed;
}

async function overview(registry: Registry): Promise<string> {
  const loaded = await Promise.all(Object.values(registry).map((load) => load()));
  const width = Math.max(0, ...loaded.map((command) => command.name.length));
  return [
    'evenkeel keeps a fleet of KVM hosts on an even keel.',
    '',
    'usage: evenkeel COMMAND [options]',
    '',
    ...loaded.map((command) => `  ${command.name.padEnd(width)}  ${command.summary}`),
    '',
    'Every command takes --json and --help. Exit code: 0 ok, 1 failed, 2 wrong usage.',
    '',
  ].join('\n');
}
