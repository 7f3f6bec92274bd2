/**
 * How many equal hosts items of one resource need at the least. Besides the plain sum it tries the dual feasible
 * functions u(k) of Fekete and Schepers: each maps sizes so that what fits on one host still sums to at most 1, so
 * the mapped sum of all is a bound, too. It sees that two VMs of 0.42 leave no room for a third.
 */
export function hostsNeeded(sizes: readonly number[], capacity: number): number {
  if (!Number.isFinite(capacity)) return sizes.length > 0 ? 1 : 0;
  const counts = new Map<number, number>();
  for (const size of sizes) if (size > 0) counts.set(size, (counts.get(size) ?? 0) + 1);
  let most = 0;
  for (const [size, count] of counts) most += (size / capacity) * count;
  for (let k = 1; k <= 64; k++) {
    let sum = 0;
    for (const [size, count] of counts) {
      const scaled = ((k + 1) * size) / capacity;
      // Rounding must never lift a size over a step: the bound has to stay a bound.
      sum += count * (Number.isInteger(scaled) ? size / capacity : Math.floor(scaled) / k);
    }
    most = Math.max(most, sum);
  }
  return Math.max(0, Math.ceil(most - 1e-9));
}

/** How many of the hosts it takes to have that much capacity, the largest first. */
export function hostsForCapacity(capacities: readonly number[], wanted: number): number {
  let hosts = 0;
  let sum = 0;
  for (const capacity of [...capacities].sort((a, b) => b - a)) {
    if (sum >= wanted) break;
    sum += capacity;
    hosts += 1;
  }
  return hosts;
}
