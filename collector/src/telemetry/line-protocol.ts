import { escapeTag } from './escape-name.ts';
import { tags, type Point } from './point.ts';

/** InfluxDB line protocol, timestamps in microseconds; one line a point, each ended by a newline. */
export function encodeLines(points: readonly Point[]): string {
  let lines = '';
  for (const point of points) lines += encodeLine(point);
  return lines;
}

function encodeLine({ measurement, tags: given, fields, at }: Point): string {
  let line: string = measurement;
  for (const tag of tags) {
    const value = given[tag];
    if (value !== undefined && value !== '') line += `,${tag}=${tagValue(value)}`;
  }
  let separator = ' ';
  for (const name in fields) {
    const value = fields[name];
    if (value === null || value === undefined) continue;
    if (typeof value === 'string') line += `${separator}${name}="${quoted(value)}"`;
    else if (Number.isFinite(value)) line += `${separator}${name}=${value}`;
    else continue;
    separator = ',';
  }
  // a point without any known value is no point
  return separator === ' ' ? '' : `${line} ${Math.round(at * 1000)}\n`;
}

const special = /[, =\\%\u0000-\u001f\u007f]/;
const separators = /[, =]/g;

const tagValue = (value: string): string =>
  special.test(value) ? escapeTag(value).replace(separators, '\\$&') : value;

const quotable = /["\\\u0000-\u001f\u007f]/;

/** Sentences are fields; a line break inside one becomes a space. */
const quoted = (text: string): string =>
  quotable.test(text) ? text.replace(/[\u0000-\u001f\u007f]+/g, ' ').replace(/["\\]/g, '\\$&') : text;
