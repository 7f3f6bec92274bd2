import { watch, type FSWatcher } from 'node:fs';
import path from 'node:path';
import { loadConfig, type LoadedConfig } from './load-config.ts';

export type ConfigWatch = {
  /** Loads again now; a configuration with errors is reported and the one in force stays. */
  readonly reload: () => void;
  readonly close: () => void;
};

/** Reloads on SIGHUP and when the file or anything it includes changes. */
export function watchConfig(options: {
  readonly file: string;
  readonly loaded: LoadedConfig;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly onChange: (loaded: LoadedConfig) => void;
  readonly onError: (error: Error) => void;
  /** Editors write a file in several steps; one reload for all of them. */
  readonly settleMs?: number;
}): ConfigWatch {
  const { file, environment, onChange, onError, settleMs = 200 } = options;
  let watchers: FSWatcher[] = [];
  let timer: NodeJS.Timeout | undefined;
  let last = JSON.stringify([options.loaded.config, options.loaded.secrets]);

  const reload = () => {
    clearTimeout(timer);
    timer = undefined;
    let loaded: LoadedConfig;
    try {
      loaded = loadConfig(file, environment);
    } catch (error) {
      onError(error as Error);
      return;
    }
    watchAll(loaded.sources);
    const now = JSON.stringify([loaded.config, loaded.secrets]);
    if (now === last) return;
    last = now;
    onChange(loaded);
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(reload, settleMs);
  };
  const watchAll = (sources: readonly string[]) => {
    for (const watcher of watchers) watcher.close();
    // Directories, not files: an editor that replaces a file takes the watched inode away with it.
    const directories = new Set(sources.flatMap((source) => [path.dirname(source), source]));
    const names = new Set(sources.map((source) => path.basename(source)));
    watchers = [...directories].flatMap((directory) => {
      try {
        const watcher = watch(directory, { persistent: false }, (_event, name) => {
          if (name === null || names.has(name) || /\.ya?ml$/.test(name)) soon();
        });
        watcher.on('error', () => {
          watcher.close();
        });
        return [watcher];
      } catch {
        return []; // what has gone is noticed by the reload that its directory's watcher starts
      }
    });
  };

  watchAll(options.loaded.sources);
  process.on('SIGHUP', reload);
  return {
    reload,
    close: () => {
      clearTimeout(timer);
      process.off('SIGHUP', reload);
      for (const watcher of watchers) watcher.close();
    },
  };
}
