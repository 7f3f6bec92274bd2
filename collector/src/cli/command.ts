/** Exit codes that scripts may rely on. */
export const exitCodes = { ok: 0, failed: 1, usage: 2 } as const;

export type TextSink = {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
};

/** All that a command may touch besides its arguments, so that a test can hand in its own. */
export type CommandIo = {
  readonly stdout: TextSink;
  readonly stderr: TextSink;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Aborted on Ctrl-C and SIGTERM; a command that runs on stops what it started and returns. */
  readonly signal: AbortSignal;
  readonly now: () => number;
};

/**
 * One command of `evenkeel`, one file. `run` gets the arguments after the command's name and returns an exit code.
 * It throws `UsageError` (exit 2) or any `Error` (exit 1); the frame prints its message as one sentence on stderr.
 */
export type Command = {
  readonly name: string;
  /** One line for `evenkeel --help`. */
  readonly summary: string;
  /** The full text of `evenkeel NAME --help`, the first line being `evenkeel NAME ...`. */
  readonly usage: string;
  readonly run: (args: readonly string[], io: CommandIo) => Promise<number>;
};

/** The command was called wrongly; the message says what would be right. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
