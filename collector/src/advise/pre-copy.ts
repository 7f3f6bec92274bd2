/**
 * Pre-copy as QEMU does it, in expectation. All sizes in bytes, all times in seconds.
 *
 * A round sends what is dirty until the rest would fit into the downtime limit, then asks again what was dirtied
 * meanwhile; when rest and newly dirtied fit together the guest stops and the rest follows. QEMU looks at this once per
 * slice of sending, so it stops on average half a slice below the limit, and never before its first measurement of
 * the bandwidth.
 */
export type PreCopyInput = {
  readonly touched: number;
  readonly workingSet: number;
  readonly dirtyPerSecond: number;
  readonly bytesPerSecond: number;
  readonly downtimeLimit: number;
  /** What a page costs when it is sent again, as a share of its size: 1, or less when only its changes travel. */
  readonly resendShare: number;
  readonly throttle: Throttle | null;
};

export type Throttle = { readonly initial: number; readonly increment: number; readonly maximum: number };

export type PreCopyOutcome = {
  readonly converges: boolean;
  readonly bytes: number;
  readonly seconds: number;
  /** What is left when the guest stops. */
  readonly rest: number;
  readonly rounds: number;
};

const firstBandwidthMeasurement = 0.1;
const sendSlice = 0.05;
const roundsMaximum = 120;

export const preCopy = (input: PreCopyInput): PreCopyOutcome => {
  const { bytesPerSecond, downtimeLimit } = input;
  const threshold = bytesPerSecond * downtimeLimit;
  const workingSet = Math.max(input.workingSet, 1);
  let dirtyPerSecond = input.dirtyPerSecond;
  let throttled = 0;
  let dirty = input.touched;
  let bytes = 0;
  let seconds = 0;
  let dirtierThanSent = 0;

  for (let round = 1; round <= roundsMaximum; round += 1) {
    const rate = round === 1 ? bytesPerSecond : bytesPerSecond / input.resendShare;
    const until = Math.max(0, dirty - threshold) / rate + sendSlice / 2;
    const time = Math.min(dirty / rate, Math.max(until, round === 1 ? firstBandwidthMeasurement : 0));
    const sent = Math.min(dirty, time * rate);
    const rest = dirty - sent;
    bytes += sent * (round === 1 ? 1 : input.resendShare);
    seconds += time;
    // Pages that are written twice count once; after the first pass everything dirty lies in the working set.
    const fresh = Math.exp((-dirtyPerSecond * time) / workingSet);
    const dirtied = round === 1 ? workingSet * (1 - fresh) : Math.max(0, workingSet - rest) * (1 - fresh);
    dirty = Math.min(input.touched, rest + dirtied);
    if (dirty <= threshold)
      return { converges: true, bytes: bytes + dirty, seconds, rest: dirty, rounds: round };

    if (input.throttle !== null) {
      // QEMU throttles from the second time that more than half of what was sent is dirty again.
      dirtierThanSent += dirtied > sent / 2 ? 1 : 0;
      if (dirtierThanSent >= 2 && dirtied > sent / 2) {
        const { initial, increment, maximum } = input.throttle;
        throttled = throttled === 0 ? initial : Math.min(maximum, throttled + increment);
        dirtyPerSecond = input.dirtyPerSecond * (1 - throttled);
      }
    } else if (round > 3 && dirtyPerSecond >= rate) {
      break;
    }
  }
  return { converges: false, bytes, seconds, rest: dirty, rounds: roundsMaximum };
};
