const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

export const durationPattern = '^[1-9][0-9]*(s|m|h|d|w)$';

/** `7d` to seconds. The schema has checked the form. */
export function durationSeconds(text: string): number {
  return Number(text.slice(0, -1)) * units[text.at(-1)!]!;
}
