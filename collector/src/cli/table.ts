import { stripVTControlCharacters } from 'node:util';

export type Column<Row> = {
  readonly title: string;
  readonly value: (row: Row) => string;
  readonly align?: 'left' | 'right';
};

const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;

const width = (text: string): number => {
  let cells = 0;
  for (const character of stripVTControlCharacters(text)) {
    if (/\p{Mark}/u.test(character)) continue;
    cells += wide.test(character) ? 2 : 1;
  }
  return cells;
};

/** A plain table for people: a header line, two spaces between columns, no ruling. */
export function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const cells = [
    columns.map((column) => column.title),
    ...rows.map((row) => columns.map((c) => c.value(row))),
  ];
  const widths = columns.map((_, index) =>
    cells.reduce((most, line) => Math.max(most, width(line[index]!)), 0),
  );
  const lines = cells.map((line) =>
    line
      .map((cell, index) => {
        const padding = ' '.repeat(widths[index]! - width(cell));
        return columns[index]!.align === 'right' ? padding + cell : cell + padding;
      })
      .join('  ')
      .trimEnd(),
  );
  return lines.join('\n') + '\n';
}
