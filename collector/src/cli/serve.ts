import path from 'node:path';
import { loadConfig } from '../config/load-config.ts';
import { watchConfig } from '../config/watch-config.ts';
import { startCollector } from '../main.ts';
import { lineLog } from '../service/log.ts';
import { aborted } from './aborted.ts';
import { type Command, exitCodes } from './command.ts';
import { consoleFolders } from './console-folders.ts';
import { readOptions, readPositionals } from './options.ts';

const defaultFile = 'evenkeel.yaml';

export const serveCommand: Command = {
  name: 'serve',
  summary: 'run the collector',
  usage: `evenkeel serve [--config FILE]

Observes the fleet that the configuration names, judges, advises, moves VMs when asked, and serves the API.
Runs until Ctrl-C. The configuration is read again when it changes, and on SIGHUP.

  --config FILE   the configuration (default: $EVENKEEL_CONFIG, else ${defaultFile})
  --json          print the address as JSON once it is ready`,
  run: async (args, io) => {
    const { values, positionals } = readOptions(args, { config: { type: 'string' } });
    readPositionals(positionals, []);
    const file = path.resolve(io.cwd, values.config ?? io.env.EVENKEEL_CONFIG ?? defaultFile);
    const log = lineLog((line) => io.stderr.write(line), io.now);
    const loaded = loadConfig(file, io.env);
    const collector = await startCollector({ loaded, log, console: consoleFolders });
    const watch = watchConfig({
      file,
      loaded,
      environment: io.env,
      onChange: (changed) => {
        collector.reconfigure(changed).then(
          () => {
            log.info(
              'the changed configuration is in force; a new api, journal or database address needs a restart',
            );
          },
          (cause: unknown) => {
            log.error(`the changed configuration is not in force: ${String(cause)}`);
          },
        );
      },
      onError: (cause) => {
        log.error(`the changed configuration is not in force: ${cause.message}`);
      },
    });
    const hosts = loaded.config.fleet.hosts.length;
    io.stdout.write(
      values.json
        ? JSON.stringify({ url: collector.url, fleet: loaded.config.fleet.name, hosts }) + '\n'
        : `Evenkeel watches ${hosts} hosts; the console and the API are at ${collector.url}\n`,
    );
    if (collector.tokens.list().length === 0) {
      log.warn(
        `nobody can sign in yet; make a token with: evenkeel token create NAME --role admin --config ${file}`,
      );
    }
    await aborted(io.signal);
    log.info('stopping');
    watch.close();
    await collector.stop();
    return exitCodes.ok;
  },
};
