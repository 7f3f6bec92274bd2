import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { Type } from 'typebox';
import { HostConfig } from '../observe/host-config.ts';
import { Config } from './config.ts';
import { ConfigError, type ConfigProblem } from './config-error.ts';
import { readYaml, type YamlFile } from './read-yaml.ts';
import { readSecret, type SecretContext } from './secret-source.ts';

/** Secrets live beside the configuration, never in it: so a configuration can be shown and logged. */
export type Secrets = {
  readonly influxdbPassword?: string;
  readonly influxdbToken?: string;
  readonly mysqlPassword?: string;
};

export type LoadedConfig = {
  /** Complete: defaults filled in, hosts of the included files merged, paths made absolute. */
  readonly config: Config;
  readonly secrets: Secrets;
  /** Files and directories to watch for changes. */
  readonly sources: readonly string[];
};

const HostsFile = Type.Object({ hosts: Type.Array(HostConfig) }, { additionalProperties: false });

/** Reads the configuration and all it includes; throws a ConfigError that names everything wrong. */
export function loadConfig(
  file: string,
  environment: Readonly<Record<string, string | undefined>>,
): LoadedConfig {
  const main = readYaml(file, Config);
  const directory = path.dirname(path.resolve(file));
  const problems: ConfigProblem[] = [];
  const sources = [path.resolve(file)];
  const hosts = new Map<string, string>();
  const all: HostConfig[] = [];

  const add = (
    from: string,
    yaml: Pick<YamlFile<unknown>, 'lineOf'>,
    list: readonly HostConfig[],
    at: string[],
  ) => {
    list.forEach((host, index) => {
      const line = yaml.lineOf([...at, index, 'name']);
      const first = hosts.get(host.name);
      if (first !== undefined)
        problems.push({
          file: from,
          line,
          message: `host "${host.name}" is named twice, first at ${first}; give every host a name of its own`,
        });
      if ((host.uri === undefined) === (host.virtTop === undefined))
        problems.push({
          file: from,
          line,
          message: `host "${host.name}" needs either uri (libvirt) or virtTop, and not both`,
        });
      if (
        host.virtTop !== undefined &&
        (host.virtTop.file === undefined) === (host.virtTop.ssh === undefined)
      )
        problems.push({
          file: from,
          line,
          message: `virtTop of host "${host.name}" needs either file or ssh, and not both`,
        });
      hosts.set(host.name, first ?? `${from}:${line}`);
      all.push(host);
    });
  };

  add(file, main, main.value.fleet.hosts, ['fleet', 'hosts']);
  main.value.fleet.hostsFrom.forEach((given, index) => {
    const where = path.resolve(directory, given);
    const found = filesOf(where);
    if (typeof found === 'string') {
      problems.push({ file, line: main.lineOf(['fleet', 'hostsFrom', index]), message: found });
      return;
    }
    sources.push(where, ...found.filter((name) => name !== where));
    for (const name of found) {
      try {
        const included = readYaml(name, HostsFile);
        add(name, included, included.value.hosts, ['hosts']);
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        problems.push(...error.problems);
      }
    }
  });

  const secrets = readSecrets(main, { directory, environment }, file, problems);
  const { polling } = main.value;
  if (polling.deadlineSeconds > polling.intervalSeconds)
    problems.push({
      file,
      line: main.lineOf(['polling', 'deadlineSeconds']),
      message: `polling.deadlineSeconds must be at most polling.intervalSeconds (${polling.intervalSeconds}), but is ${polling.deadlineSeconds}`,
    });
  if (problems.length > 0) throw new ConfigError(problems);
  return { config: withAbsolutePaths(main.value, directory, all), secrets, sources };
}

/** The YAML files of a file or directory, sorted; or a sentence that says what is wrong. */
function filesOf(where: string): string[] | string {
  try {
    if (!statSync(where).isDirectory()) return [where];
    return readdirSync(where)
      .filter((name) => /\.ya?ml$/.test(name) && !name.startsWith('.'))
      .sort()
      .map((name) => path.join(where, name));
  } catch {
    return `fleet.hostsFrom names ${where}, which cannot be read; name an existing YAML file or directory`;
  }
}

function readSecrets(
  main: YamlFile<Config>,
  context: SecretContext,
  file: string,
  problems: ConfigProblem[],
): Secrets {
  const { influxdb, journal } = main.value;
  const read = (at: string[], name: string, from: Record<string, unknown> | undefined) => {
    try {
      return readSecret(
        name,
        from?.[`${name}File`] as string | undefined,
        from?.[`${name}Env`] as string | undefined,
        context,
      );
    } catch (error) {
      const key = from?.[`${name}File`] === undefined ? `${name}Env` : `${name}File`;
      problems.push({
        file,
        line: main.lineOf([...at, key]),
        message: `${at.join('.')}: ${(error as Error).message}`,
      });
      return undefined;
    }
  };
  const influxdbPassword = read(['influxdb'], 'password', influxdb);
  const influxdbToken = read(['influxdb'], 'token', influxdb);
  const mysqlPassword = read(['journal', 'mysql'], 'password', journal.mysql);
  return {
    ...(influxdbPassword === undefined ? {} : { influxdbPassword }),
    ...(influxdbToken === undefined ? {} : { influxdbToken }),
    ...(mysqlPassword === undefined ? {} : { mysqlPassword }),
  };
}

/** A path in the file is relative to the file, wherever the collector was started. */
function withAbsolutePaths(config: Config, directory: string, hosts: HostConfig[]): Config {
  const absolute = (name: string) => path.resolve(directory, name);
  return {
    ...config,
    fleet: {
      ...config.fleet,
      hosts: hosts.map((host) =>
        host.virtTop?.file === undefined
          ? host
          : { ...host, virtTop: { ...host.virtTop, file: absolute(host.virtTop.file) } },
      ),
    },
    polling: {
      ...config.polling,
      tls: Object.fromEntries(Object.entries(config.polling.tls).map(([key, name]) => [key, absolute(name)])),
    },
    ...(config.influxdb?.caFile === undefined
      ? {}
      : { influxdb: { ...config.influxdb, caFile: absolute(config.influxdb.caFile) } }),
    spool: { ...config.spool, directory: absolute(config.spool.directory) },
    api: {
      ...config.api,
      ...(config.api.tokensFile === undefined ? {} : { tokensFile: absolute(config.api.tokensFile) }),
      ...(config.api.tls === undefined
        ? {}
        : {
            tls: {
              certificateFile: absolute(config.api.tls.certificateFile),
              keyFile: absolute(config.api.tls.keyFile),
            },
          }),
    },
    journal: { ...config.journal, file: absolute(config.journal.file) },
  };
}
