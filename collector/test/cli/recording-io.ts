import type { CommandIo } from '../../src/cli/command.ts';

export type RecordingIo = CommandIo & { readonly out: () => string; readonly errors: () => string };

/** What a command wrote, for a test to read. */
export function recordingIo(overrides: Partial<CommandIo> = {}): RecordingIo {
  const out: string[] = [];
  const errors: string[] = [];
  return {
    stdout: { write: (text) => out.push(text) },
    stderr: { write: (text) => errors.push(text) },
    env: {},
    cwd: process.cwd(),
    signal: new AbortController().signal,
    now: () => 0,
    ...overrides,
    out: () => out.join(''),
    errors: () => errors.join(''),
  };
}
