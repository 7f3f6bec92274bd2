export type Log = {
  readonly info: (message: string) => void;
  readonly warn: (message: string) => void;
  readonly error: (message: string) => void;
};

/** One line per message on stderr: time, level, words. */
export function lineLog(write: (line: string) => void, now: () => number = Date.now): Log {
  const say = (level: string) => (message: string) => {
    write(`${new Date(now()).toISOString()} ${level} ${message.replaceAll('\n', ' ')}\n`);
  };
  return { info: say('info '), warn: say('warn '), error: say('error') };
}
