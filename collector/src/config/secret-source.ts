import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Type } from 'typebox';

/** `<name>File` and `<name>Env` are the only two ways a secret gets into the collector. */
export const SecretFile = Type.Optional(
  Type.String({ minLength: 1, description: 'file whose first line is the secret' }),
);
export const SecretVariable = Type.Optional(
  Type.String({
    pattern: '^[A-Za-z_][A-Za-z0-9_]*$',
    description: 'environment variable that holds the secret',
  }),
);

export type SecretContext = {
  readonly directory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
};

/** Reads a secret; undefined when no source is given. Throws one sentence that never holds the secret. */
export function readSecret(
  name: string,
  file: string | undefined,
  variable: string | undefined,
  context: SecretContext,
): string | undefined {
  if (file !== undefined && variable !== undefined)
    throw new Error(`give ${name}File or ${name}Env, not both`);
  if (variable !== undefined) {
    const value = context.environment[variable];
    if (value === undefined || value === '')
      throw new Error(`the environment variable ${variable} is not set; export it or use ${name}File`);
    return value;
  }
  if (file === undefined) return undefined;
  const where = path.resolve(context.directory, file);
  const first = readFirstLine(name, where);
  if (first === '') throw new Error(`${name}File ${where} is empty; its first line must be the ${name}`);
  return first;
}

function readFirstLine(name: string, where: string): string {
  try {
    return readFileSync(where, 'utf8').split(/\r?\n/, 1)[0]!.trim();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new Error(
      `${name}File ${where} cannot be read (${code}); it must be a file that holds the ${name}`,
      { cause: error },
    );
  }
}
