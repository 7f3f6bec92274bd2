import { Alert, LoadingPlaceholder, type AlertVariant } from '@grafana/ui';
import { count } from '../components/words.ts';
import type { Preflight, PreflightCheck } from '../data/api.ts';

const severity: Record<Exclude<PreflightCheck['outcome'], 'ok'>, AlertVariant> = {
  failed: 'error',
  warning: 'warning',
  unknown: 'warning',
};

/** All that speaks against a move, at once, each with what to do about it. */
export function PreflightList({ preflight }: { preflight: Preflight | undefined }) {
  if (preflight === undefined) return <LoadingPlaceholder text="Checking both hosts" />;
  const { checks } = preflight;
  const passed = checks.filter(({ outcome }) => outcome === 'ok');
  return (
    <section aria-label="Checks" data-testid="evenkeel-preflight">
      {checks.map(({ advice, check, message, outcome }, index) =>
        outcome === 'ok' ? null : (
          <Alert key={`${check}-${String(index)}`} severity={severity[outcome]} title={message}>
            {advice}
          </Alert>
        ),
      )}
      {passed.length > 0 && (
        <details>
          <summary>{count(passed.length, 'check', 'checks')} passed</summary>
          <ul>
            {passed.map(({ check, message }, index) => (
              <li key={`${check}-${String(index)}`}>{message}</li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}
