import { useEffect, useState } from 'react';

/** The time, moving on every few seconds, so that "2 min ago" does not stand still on a page that nobody touches. */
export function useNow(everyMilliseconds = 5_000): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = window.setInterval(() => {
      setNow(Date.now());
    }, everyMilliseconds);
    return () => {
      window.clearInterval(timer);
    };
  }, [everyMilliseconds]);
  return now;
}
