/** How numbers are said on every page, so that the same figure never reads two ways. */

export const percent = (share: number | null, digits = 0): string =>
  share === null ? 'not known' : `${(share * 100).toFixed(digits)} %`;

export function bytes(count: number | null): string {
  if (count === null) return 'not known';
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  let value = count;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value >= 100 || unit === 0 ? value.toFixed(0) : value.toFixed(1)} ${units[unit]!}`;
}

export const bytesPerSecond = (rate: number | null): string =>
  rate === null ? 'not known' : `${bytes(rate)}/s`;

export function seconds(value: number | null): string {
  if (value === null) return 'not known';
  if (value < 1) return `${(value * 1000).toFixed(0)} ms`;
  if (value < 60) return `${value.toFixed(value < 10 ? 1 : 0)} s`;
  const minutes = Math.floor(value / 60);
  if (minutes < 60) return `${minutes.toFixed(0)} min ${(value % 60).toFixed(0)} s`;
  return `${Math.floor(minutes / 60).toFixed(0)} h ${(minutes % 60).toFixed(0)} min`;
}

/** "12 min ago", "in 8 min"; `now` is handed in so that it can be tested and shared by a page. */
export function when(at: number, now: number): string {
  const away = Math.abs(at - now) / 1000;
  if (away < 5) return 'now';
  const text =
    away < 60
      ? `${away.toFixed(0)} s`
      : away < 5400
        ? `${(away / 60).toFixed(0)} min`
        : away < 172_800
          ? `${(away / 3600).toFixed(0)} h`
          : `${(away / 86_400).toFixed(0)} d`;
  return at <= now ? `${text} ago` : `in ${text}`;
}

export const count = (value: number, one: string, many: string): string =>
  `${value.toLocaleString('en')} ${value === 1 ? one : many}`;
