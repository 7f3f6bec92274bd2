import type { CommandIo } from './command.ts';

export type Progress = {
  /** `done` of `total`; without a total only the text is shown. */
  update(text: string, done?: number, total?: number): void;
  /** Takes the line away again, so that results stand alone. */
  end(): void;
};

const quietMs = 1000;
const redrawMs = 100;

/** A line on stderr for whatever lasts over a second; silent when stderr is not a terminal. */
export function startProgress(io: Pick<CommandIo, 'stderr' | 'now'>): Progress {
  const start = io.now();
  let drawn = 0;
  return {
    update(text, done, total) {
      const now = io.now();
      if (io.stderr.isTTY !== true || now - start < quietMs || now - drawn < redrawMs) return;
      drawn = now;
      io.stderr.write(`\r\u001b[2K${fit(line(text, done, total), io.stderr.columns ?? 80)}`);
    },
    end() {
      if (drawn > 0) io.stderr.write('\r\u001b[2K');
      drawn = 0;
    },
  };
}

const barWidth = 24;

function line(text: string, done: number | undefined, total: number | undefined): string {
  if (done === undefined || total === undefined || total <= 0) return text;
  const share = Math.min(1, Math.max(0, done / total));
  const full = Math.round(share * barWidth);
  return `[${'#'.repeat(full)}${'.'.repeat(barWidth - full)}] ${Math.floor(share * 100)} %  ${text}`;
}

const fit = (text: string, columns: number): string =>
  text.length < columns ? text : text.slice(0, columns - 1);
