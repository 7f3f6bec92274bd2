import path from 'node:path';
import { roles } from '../api/role.ts';
import { createToken } from '../api/token.ts';
import { TokenFile } from '../api/token-file.ts';
import { durationPattern, durationSeconds } from '../config/duration.ts';
import { loadConfig } from '../config/load-config.ts';
import { type Command, type CommandIo, exitCodes, UsageError } from './command.ts';
import { readOptions } from './options.ts';
import { printable } from './style.ts';
import { table } from './table.ts';

export const tokenCommand: Command = {
  name: 'token',
  summary: 'make, list and revoke the tokens that let people and programs in',
  usage: `evenkeel token create NAME --role ROLE [--expires 90d] [--grafana] | list | revoke ID

A token is shown once and kept only as a hash. It counts at once, without a restart.

  --role ROLE      viewer (look), operator (move VMs), admin (also the policy and the audit log)
  --expires TIME   e.g. 12h, 90d; default: never
  --grafana        for Grafana's app: acts only for users whose identity Grafana signed
  --config FILE    the collector's configuration (default: $EVENKEEL_CONFIG, else evenkeel.yaml)
  --file FILE      the token file itself, instead of the configuration's
  --json`,
  run: (args, io) => {
    const { values, positionals } = readOptions(args, {
      role: { type: 'string' },
      expires: { type: 'string' },
      grafana: { type: 'boolean' },
      config: { type: 'string' },
      file: { type: 'string' },
    });
    const [action, subject, ...more] = positionals;
    if (more.length > 0) throw new UsageError(`"${more[0]!}" is one argument too many`);
    const tokens = (): TokenFile => new TokenFile(tokenPath(values.file, values.config, io));
    if (action === 'create') {
      const role = roles.find((known) => known === values.role);
      if (subject === undefined) throw new UsageError('NAME is missing: who or what the token is for');
      if (!role) throw new UsageError(`--role must be one of ${roles.join(', ')}`);
      const expiresAt = values.expires === undefined ? null : io.now() + lifetimeMs(values.expires);
      const wanted = {
        name: subject,
        role,
        createdAt: io.now(),
        expiresAt,
        forGrafana: values.grafana ?? false,
      };
      const { text, record } = createToken(wanted);
      tokens().add(record);
      io.stdout.write(
        values.json ? JSON.stringify({ token: text, id: record.id, role }) + '\n' : `${text}\n`,
      );
      return Promise.resolve(exitCodes.ok);
    }
    if (action === 'list' && subject === undefined) {
      const shown = tokens()
        .list()
        .map(({ id, name, role, createdAt, expiresAt, forGrafana }) => ({
          id,
          name,
          role,
          createdAt,
          expiresAt,
          forGrafana,
        }));
      io.stdout.write(values.json ? JSON.stringify(shown, null, 2) + '\n' : tokenTable(shown));
      return Promise.resolve(exitCodes.ok);
    }
    if (action === 'revoke' && subject !== undefined) {
      if (!tokens().remove(subject))
        throw new Error(`there is no token "${subject}"; "evenkeel token list" shows them`);
      if (values.json) io.stdout.write(JSON.stringify({ revoked: subject }) + '\n');
      return Promise.resolve(exitCodes.ok);
    }
    throw new UsageError('say one of: create NAME, list, revoke ID');
  },
};

type Shown = {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly expiresAt: number | null;
};

const tokenTable = (tokens: readonly Shown[]): string =>
  table(
    [
      { title: 'ID', value: (token) => token.id },
      { title: 'NAME', value: (token) => printable(token.name) },
      { title: 'ROLE', value: (token) => token.role },
      {
        title: 'EXPIRES',
        value: (token) => (token.expiresAt === null ? 'never' : new Date(token.expiresAt).toISOString()),
      },
    ],
    tokens,
  );

function lifetimeMs(text: string): number {
  if (!new RegExp(durationPattern).test(text))
    throw new UsageError('--expires must be a number and s, m, h, d or w, e.g. 90d');
  return durationSeconds(text) * 1000;
}

function tokenPath(file: string | undefined, config: string | undefined, io: CommandIo): string {
  if (file !== undefined) return path.resolve(io.cwd, file);
  const { api, journal } = loadConfig(
    path.resolve(io.cwd, config ?? io.env.EVENKEEL_CONFIG ?? 'evenkeel.yaml'),
    io.env,
  ).config;
  return api.tokensFile ?? path.join(path.dirname(journal.file), 'tokens.json');
}
