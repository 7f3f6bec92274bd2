export type LinePoint = { at: number; value: number | null };
export type BandPoint = { at: number; value: number; low: number; high: number };

type Scale = (value: number) => number;

const round = (value: number): string => value.toFixed(1);

/** A gap in the data stays a gap in the line. */
export function linePath(points: readonly LinePoint[], x: Scale, y: Scale): string {
  let path = '';
  let drawing = false;
  for (const { at, value } of points) {
    if (value === null) {
      drawing = false;
    } else {
      path += `${drawing ? 'L' : 'M'}${round(x(at))},${round(y(value))}`;
      drawing = true;
    }
  }
  return path;
}

export function bandPath(points: readonly BandPoint[], x: Scale, y: Scale): string {
  if (points.length < 2) return '';
  const upper = points.map(({ at, high }) => `${round(x(at))},${round(y(high))}`);
  const lower = points.map(({ at, low }) => `${round(x(at))},${round(y(Math.max(0, low)))}`).reverse();
  return `M${[...upper, ...lower].join('L')}Z`;
}

const steps = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10_080].map(
  (minutes) => minutes * 60_000,
);

/** Round times, about one for each hundred pixels. */
export function timeTicks(from: number, to: number, width: number): number[] {
  const wanted = Math.max(2, Math.floor(width / 100));
  const step = steps.find((one) => (to - from) / one <= wanted) ?? steps.at(-1)!;
  const ticks: number[] = [];
  for (let tick = Math.ceil(from / step) * step; tick <= to; tick += step) ticks.push(tick);
  return ticks;
}
