import { createHash } from 'node:crypto';

/**
 * A VM's name may hold what InfluxDB's line protocol cannot carry in a tag: control characters (a newline above all)
 * and the backslash, whose meaning there depends on what follows. Those, and the % itself, become %XX of their UTF-8
 * bytes. Every other name stays as it is.
 */
const tagSpecial = /[\u0000-\u001f\u007f\\%]/;
const tagSpecials = new RegExp(tagSpecial.source, 'g');

export const escapeTag = (name: string): string =>
  tagSpecial.test(name) ? name.replace(tagSpecials, percent) : name;

/** The name that `escapeTag` or an uncut `escapePath` was given. */
export const unescapeName = (escaped: string): string =>
  escaped.includes('%')
    ? Buffer.from(
        escaped.replace(/(%[0-9A-F]{2})+|[^%]+/g, (part) =>
          part.startsWith('%') ? part.replaceAll('%', '') : Buffer.from(part).toString('hex'),
        ),
        'hex',
      ).toString('utf8')
    : escaped;

/** File systems, where whisper keeps a path's parts as directories, allow 255 bytes. */
const pathBytes = 250;
const pathPlain = /^[A-Za-z0-9_-]+$/;
const pathSpecials = /[^A-Za-z0-9_-]/gu;

/**
 * A part of a Graphite path: letters, digits, _ and - stay, all else becomes %XX of its UTF-8 bytes. What would then
 * be longer than 250 bytes is cut and ends in ~ and 16 hexadecimal digits of the name's SHA-256, so that it stays
 * one of its kind; the full name is then known only to InfluxDB and to the collector.
 */
export function escapePath(name: string): string {
  const escaped = pathPlain.test(name) ? name : name.replace(pathSpecials, percent);
  if (escaped.length <= pathBytes) return escaped === '' ? '%' : escaped;
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 16);
  const kept = escaped.slice(0, pathBytes - digest.length - 1).replace(/%[0-9A-F]?$/, '');
  return `${kept}~${digest}`;
}

function percent(character: string): string {
  let escaped = '';
  for (const byte of Buffer.from(character))
    escaped += `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  return escaped;
}
