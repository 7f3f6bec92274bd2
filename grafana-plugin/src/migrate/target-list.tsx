import { Button } from '@grafana/ui';
import { Link } from 'react-router-dom';
import { seconds } from '../components/words.ts';
import type { Target } from '../data/api.ts';
import { appPath } from '../plugin-id.ts';

/** The best places for a VM, ranked, and why. */
export function TargetList({
  targets,
  onChoose,
}: {
  targets: readonly Target[];
  onChoose: (host: string) => void;
}) {
  if (targets.length === 0)
    return (
      <p>No other host can take this VM now: each is full, excluded by a rule, or without fresh data.</p>
    );
  return (
    <ol>
      {targets.map((target) => (
        <li key={target.host} style={{ marginBottom: 6 }}>
          <Link to={`${appPath}/hosts/${encodeURIComponent(target.host)}`}>{target.host}</Link>:{' '}
          {target.reason}
          {target.forecast !== null &&
            ` About ${seconds(target.forecast.seconds.value)}, standing still for ${seconds(target.forecast.downtimeSeconds.value)}.`}{' '}
          <Button
            size="sm"
            variant="secondary"
            fill="outline"
            aria-label={`Look at a move to ${target.host}`}
            onClick={() => {
              onChoose(target.host);
            }}
          >
            Look
          </Button>
        </li>
      ))}
    </ol>
  );
}
