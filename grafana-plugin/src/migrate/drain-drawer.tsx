import { Alert, Button, Drawer, Input, Stack } from '@grafana/ui';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router-dom';
import { ActionButton } from '../components/action-button.tsx';
import { FlushField } from '../components/flush-field.tsx';
import { Loaded } from '../components/loaded.tsx';
import { bytes, count, seconds } from '../components/words.ts';
import type { Drain } from '../data/api.ts';
import { send } from '../data/collector.ts';
import { useDrainAction } from '../data/migrations.ts';
import { appPath } from '../plugin-id.ts';
import { whyNot } from '../role.ts';

/** Where the load of a host would go, wave by wave, before anyone says yes. */
export function DrainDrawer({ host, onClose }: { host: string; onClose: () => void }) {
  const [reason, setReason] = useState('');
  const preview = useQuery({
    queryKey: ['drain-preview', host],
    queryFn: () => send<Drain>('POST', 'drains/preview', { host }),
    gcTime: 0,
  });
  const drain = useDrainAction();
  return (
    <Drawer
      title={`Drain ${host}`}
      subtitle="Every VM moves away, live; nothing new comes"
      size="md"
      onClose={onClose}
    >
      {drain.data !== undefined ? (
        <Alert severity="success" title={`${host} is draining`}>
          <Link to={`${appPath}/migrations`}>Follow it under Migrations</Link>
        </Alert>
      ) : (
        <Stack direction="column" gap={2}>
          <Loaded query={preview} what="the plan" height={200}>
            {(plan) => <DrainPlan plan={plan} />}
          </Loaded>
          <FlushField label="Reason" description="Goes into the audit log">
            <Input
              id="drain-reason"
              maxLength={500}
              value={reason}
              onChange={(event) => {
                setReason(event.currentTarget.value);
              }}
            />
          </FlushField>
          {drain.error !== null && <Alert severity="error" title={`Refused: ${drain.error.message}`} />}
          <Stack>
            <ActionButton
              blockedBy={
                whyNot('Admin', 'Draining a host') ??
                (preview.data === undefined ? 'The plan is not there yet' : null)
              }
              disabled={drain.isPending}
              onClick={() => {
                drain.mutate({ start: host, reason });
              }}
            >
              Drain
            </ActionButton>
            <Button variant="secondary" onClick={onClose}>
              Cancel
            </Button>
          </Stack>
        </Stack>
      )}
    </Drawer>
  );
}

function DrainPlan({ plan }: { plan: Drain }) {
  const total = plan.moves.reduce((sum, move) => sum + move.forecast.bytes.value, 0);
  return (
    <>
      <p>
        {count(plan.moves.length, 'move', 'moves')} in {count(plan.waves, 'wave', 'waves')}, {bytes(total)}{' '}
        over the wire.
      </p>
      <ul>
        {plan.moves.map((move) => (
          <li key={move.uuid}>
            {move.vm} to {move.to} (wave {move.wave + 1}, {seconds(move.forecast.seconds.value)})
          </li>
        ))}
      </ul>
      {plan.stays.length > 0 && (
        <Alert severity="warning" title={count(plan.stays.length, 'VM stays', 'VMs stay')}>
          <ul>
            {plan.stays.map((stay) => (
              <li key={stay.uuid}>
                {stay.vm}: {stay.reason}
              </li>
            ))}
          </ul>
        </Alert>
      )}
    </>
  );
}
