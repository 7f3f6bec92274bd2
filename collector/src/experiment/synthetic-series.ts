import { seededRandom } from '../advise/seeded-random.ts';

export const syntheticKinds = ['flat', 'daily', 'ramp', 'step', 'leak', 'burst'] as const;
export type SyntheticKind = (typeof syntheticKinds)[number];

export type SyntheticOptions = {
  readonly seed: number;
  readonly samples: number;
  readonly secondsPerSample: number;
  readonly base: number;
  readonly noise: number;
  /** Where a ramp, step, leak or burst begins, in seconds. */
  readonly begins: number;
  /** How long it takes to arrive (ramp, leak) or how long it lasts (burst), in seconds. */
  readonly lasts: number;
  /** By how much it rises. */
  readonly rise: number;
};

const clamp = (value: number): number => Math.min(1, Math.max(0, value));

/** The load without noise, `t` seconds in. */
export const syntheticTruth = (kind: SyntheticKind, options: SyntheticOptions, t: number): number => {
  const { base, begins, lasts, rise } = options;
  if (kind === 'daily')
    return clamp(base + rise * 0.5 * (1 - Math.cos((2 * Math.PI * (t - begins)) / 86_400)));
  const into = t - begins;
  if (kind === 'flat' || into < 0) return clamp(base);
  if (kind === 'step') return clamp(base + rise);
  if (kind === 'burst') return clamp(base + (into % (6 * lasts) < lasts ? rise : 0));
  return clamp(base + rise * Math.min(1, into / lasts));
};

/** A series whose truth is known: the truth at each sample, with normally distributed noise. */
export const syntheticSeries = (kind: SyntheticKind, options: SyntheticOptions): Float32Array => {
  const random = seededRandom(options.seed);
  const series = new Float32Array(options.samples);
  for (let i = 0; i < options.samples; i += 1) {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    series[i] = clamp(syntheticTruth(kind, options, i * options.secondsPerSample) + options.noise * normal);
  }
  return series;
};

/** A mixture of all kinds, as learning material: what traces of one day hardly show. */
export const syntheticMixture = (count: number, seed: number): Float32Array[] => {
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, i) => {
    const kind = syntheticKinds[i % syntheticKinds.length]!;
    const begins = 3600 * (2 + 18 * random());
    const slow = kind === 'leak' ? 4 : 1;
    return syntheticSeries(kind, {
      seed: Math.floor(random() * 1e9),
      samples: 288,
      secondsPerSample: 300,
      base: 0.03 + 0.6 * random(),
      noise: 0.002 + 0.04 * random() ** 2,
      begins,
      lasts: slow * (600 + 6000 * random()),
      rise: 0.1 + 0.7 * random(),
    });
  });
};
