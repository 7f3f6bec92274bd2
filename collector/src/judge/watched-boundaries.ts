import { dimensions } from '../fleet/load.ts';
import type { Policy } from '../fleet/policy.ts';
import type { Boundary } from './series-pool.ts';

/** The places of the four boundaries of a VM's series. */
export const watched = { toMedium: 0, toHigh: 1, belowMedium: 2, belowHigh: 3 } as const;
export const boundariesPerVm = 4;
export const boundariesPerHost = 1;

/** What is watched for each dimension of a VM: rising into a class, falling out of it again. */
export const vmBoundaries = (policy: Policy): Boundary[][] =>
  dimensions.map((dimension) => {
    const { medium, high } = policy.classes[dimension];
    const { hysteresis } = policy.classes;
    return [
      { value: medium, rising: true },
      { value: high, rising: true },
      { value: Math.max(0, medium - hysteresis), rising: false },
      { value: Math.max(0, high - hysteresis), rising: false },
    ];
  });

/** What is watched for each dimension of a host: rising over loadMax. */
export const hostBoundaries = (policy: Policy): Boundary[][] =>
  dimensions.map((dimension) => [{ value: policy.loadMax[dimension], rising: true }]);
