import { Alert, Button, EmptyState, LoadingBar } from '@grafana/ui';
import type { ReactNode } from 'react';

type Query<T> = { data: T | undefined; error: Error | null; isFetching: boolean; refetch: () => unknown };

type Props<T> = {
  query: Query<T>;
  /** What is being loaded, for the error's title: "the hosts". */
  what: string;
  /** Null when there is something to show; else what to do about the emptiness. */
  empty?: (data: T) => { message: string; advice: string } | null;
  /** Height kept free while loading, so that nothing jumps. */
  height?: number;
  children: (data: T) => ReactNode;
};

/** Every page's four states in one place: loading, failed, empty, there. Old data stays in view when a refresh fails. */
export function Loaded<T>({ query, what, empty, height = 240, children }: Props<T>) {
  const { data, error } = query;
  if (data === undefined) {
    if (error !== null) {
      return (
        <Alert severity="error" title={`Could not load ${what}`}>
          <p>{error.message}</p>
          <Button size="sm" variant="secondary" icon="sync" onClick={() => void query.refetch()}>
            Try again
          </Button>
        </Alert>
      );
    }
    return (
      <div
        style={{ height }}
        role="status"
        aria-busy="true"
        aria-label={`Loading ${what}`}
        data-testid="evenkeel-loading"
      >
        <LoadingBar width={300} />
      </div>
    );
  }
  const nothing = empty?.(data) ?? null;
  return (
    <>
      {error !== null && <Alert severity="warning" title={`${capital(what)} may be old: ${error.message}`} />}
      {nothing === null ? (
        children(data)
      ) : (
        <EmptyState variant="completed" message={nothing.message}>
          {nothing.advice}
        </EmptyState>
      )}
    </>
  );
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
