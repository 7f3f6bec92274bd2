/** Reproducible randomness: the same seed and place give the same value, in whatever order one asks. */
export function hashNoise(seed: number, index: number): number {
  let h = (seed ^ Math.imul(index | 0, 0x9e37_79b1)) | 0;
  h = Math.imul(h ^ (h >>> 16), 0x21f0_aaad);
  h = Math.imul(h ^ (h >>> 15), 0x735a_2d97);
  return ((h ^ (h >>> 15)) >>> 0) / 4_294_967_296;
}

/** A smooth random line through 0..1, one knot at every whole x. */
export function smoothNoise(seed: number, x: number): number {
  const knot = Math.floor(x);
  const between = x - knot;
  const weight = between * between * (3 - 2 * between);
  return hashNoise(seed, knot) * (1 - weight) + hashNoise(seed, knot + 1) * weight;
}

/** A seed of its own for a part of something seeded. */
export const seedFor = (seed: number, name: string): number => {
  let h = seed | 0;
  for (let i = 0; i < name.length; i += 1) h = Math.imul(h ^ name.charCodeAt(i), 0x0100_0193);
  return h;
};

/** A stream of random numbers 0..1. */
export function randomStream(seed: number): () => number {
  let index = 0;
  return () => hashNoise(seed, (index += 1));
}
