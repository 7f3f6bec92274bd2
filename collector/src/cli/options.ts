import { parseArgs, type ParseArgsConfig, type ParseArgsOptionsConfig } from 'node:util';
import { UsageError } from './command.ts';

type Parsed<T extends ParseArgsOptionsConfig> = ReturnType<
  typeof parseArgs<{
    args: string[];
    options: T & { json: { type: 'boolean' } };
    allowPositionals: true;
    strict: true;
  }>
>;

/** Reads a command's arguments; every command knows `--json`. Wrong ones become a `UsageError`. */
export function readOptions<const T extends ParseArgsOptionsConfig>(
  args: readonly string[],
  options: T,
): Parsed<T> {
  const config = {
    args: [...args],
    options: { ...options, json: { type: 'boolean' } },
    allowPositionals: true,
    strict: true,
  } as const satisfies ParseArgsConfig;
  try {
    const parsed: unknown = parseArgs(config);
    return parsed as Parsed<T>;
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(firstSentence(message), { cause });
  }
}

/** Exactly the named positionals, in order. */
export function readPositionals<const N extends readonly string[]>(
  given: readonly string[],
  names: N,
): { readonly [K in keyof N]: string } {
  if (given.length < names.length) {
    throw new UsageError(`${names[given.length]!} is missing`);
  }
  if (given.length > names.length) {
    throw new UsageError(`"${given[names.length]!}" is one argument too many`);
  }
  return [...given] as { [K in keyof N]: string };
}

const firstSentence = (text: string): string => text.split(/\. |\n/, 1)[0]!.replace(/\.$/, '');
