import { Alert, Stack } from '@grafana/ui';
import { ActionButton } from '../components/action-button.tsx';
import { Loaded } from '../components/loaded.tsx';
import { count } from '../components/words.ts';
import type { Drain } from '../data/api.ts';
import { useDrainAction, useDrains } from '../data/migrations.ts';
import { whyNot } from '../role.ts';

const open = ({ state }: Drain): boolean => state === 'running' || state === 'paused' || state === 'stopped';

/** Plans being carried out: pause, resume, cancel, and what stays behind. */
export function DrainList() {
  const drains = useDrains();
  return (
    <section aria-label="Plans">
      <h3>Plans being carried out</h3>
      <Loaded query={drains} what="the plans" height={40}>
        {({ items }) => {
          const shown = items.filter(open);
          return shown.length === 0 ? (
            <p>None.</p>
          ) : (
            shown.map((drain) => <OneDrain key={drain.id} drain={drain} />)
          );
        }}
      </Loaded>
    </section>
  );
}

function OneDrain({ drain }: { drain: Drain }) {
  const act = useDrainAction();
  const title = drain.host === null ? 'Following a recommendation' : `Draining ${drain.host}`;
  const button = (step: 'pause' | 'resume' | 'cancel', label: string, possible: boolean, why: string) => (
    <ActionButton
      size="sm"
      variant={step === 'cancel' ? 'destructive' : 'secondary'}
      blockedBy={whyNot('Admin', label) ?? (possible ? null : why)}
      disabled={act.isPending}
      onClick={() => {
        act.mutate({ id: drain.id, step });
      }}
    >
      {label}
    </ActionButton>
  );
  return (
    <Alert
      severity={drain.state === 'stopped' ? 'warning' : 'info'}
      title={`${title}: ${drain.state}, wave ${String(drain.wave + 1)} of ${String(drain.waves)}`}
    >
      <Stack direction="column" gap={1}>
        {drain.cause !== null && <p>{drain.cause}</p>}
        <p>
          {count(drain.moves.length, 'move', 'moves')}, {String(drain.migrations.length)} begun.
        </p>
        {drain.stays.map((stay) => (
          <p key={stay.uuid}>
            {stay.vm} stays: {stay.reason}
          </p>
        ))}
        {act.error !== null && <p role="alert">{act.error.message}</p>}
        <Stack>
          {button('pause', 'Pause', drain.state === 'running', 'It is not running')}
          {button('resume', 'Resume', drain.state !== 'running', 'It is running')}
          {button('cancel', 'Cancel', true, '')}
        </Stack>
      </Stack>
    </Alert>
  );
}
