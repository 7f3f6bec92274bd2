import { Policy } from '../fleet/policy.ts';
import { Snapshot } from '../fleet/snapshot.ts';
import { type Command, exitCodes, UsageError } from './command.ts';
import { readOptions, readPositionals } from './options.ts';

const schemas = { policy: Policy, snapshot: Snapshot } as const;

export const schemaCommand: Command = {
  name: 'schema',
  summary: 'the JSON Schema of a file format',
  usage: `evenkeel schema NAME

Prints the JSON Schema of a file that Evenkeel reads. NAME is one of: ${Object.keys(schemas).join(', ')}.
The same are published in docs/schemas.
`,
  run: (args, io) => {
    const { positionals } = readOptions(args, {});
    const [name] = readPositionals(positionals, ['NAME']);
    if (!Object.hasOwn(schemas, name))
      throw new UsageError(
        `there is no schema "${name}"; NAME is one of: ${Object.keys(schemas).join(', ')}`,
      );
    io.stdout.write(`${schemaText(name as keyof typeof schemas)}\n`);
    return Promise.resolve(exitCodes.ok);
  },
};

const schemaText = (name: keyof typeof schemas): string =>
  JSON.stringify({ $schema: 'https://json-schema.org/draft/2020-12/schema', ...schemas[name] }, null, 2);
