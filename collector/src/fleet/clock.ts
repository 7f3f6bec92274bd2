/** Time as a room gets it handed in: in production the machine's, in tests one that is turned by hand. */
export type Clock = {
  /** Milliseconds since 1970. May jump when somebody sets the machine's clock. */
  readonly now: () => number;
  /** Milliseconds since some moment; never jumps. */
  readonly monotonic: () => number;
  /** Calls once after so many milliseconds; the answer takes it back. */
  readonly after: (ms: number, call: () => void) => () => void;
};

export const systemClock: Clock = {
  now: Date.now,
  monotonic: () => performance.now(),
  after: (ms, call) => {
    const timer = setTimeout(call, ms);
    return () => {
      clearTimeout(timer);
    };
  },
};
