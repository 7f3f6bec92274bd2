/** Resolves when the signal says so, at once if it has already. */
export const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const now = (): void => {
      resolve();
    };
    if (signal.aborted) now();
    else signal.addEventListener('abort', now, { once: true });
  });
