import { useEffect, useState } from 'react';

type Loading<T> = { plugin: T | null; error: Error | null };

/** Loads a plugin's module once; SystemJS keeps it, so a second page with the same plugin is immediate. */
export function usePlugin<T>(load: (url: string) => Promise<T>, url: string): Loading<T> {
  const [state, setState] = useState<Loading<T>>({ plugin: null, error: null });
  useEffect(() => {
    let gone = false;
    load(url).then(
      (plugin) => {
        if (!gone) setState({ plugin, error: null });
      },
      (error: unknown) => {
        if (!gone)
          setState({ plugin: null, error: error instanceof Error ? error : new Error(String(error)) });
      },
    );
    return () => {
      gone = true;
    };
  }, [load, url]);
  return state;
}
