import { Alert, Input, Stack } from '@grafana/ui';
import { useId, useState } from 'react';
import { ActionButton } from '../components/action-button.tsx';
import { FlushField } from '../components/flush-field.tsx';
import type { Migration } from '../data/api.ts';
import { useDecide } from '../data/migrations.ts';
import { whyNot } from '../role.ts';

/** What somebody asked for and may not do: who, what and why, and an admin's two answers. */
export function Approval({ migration }: { migration: Migration }) {
  const { id, vm, from, to, requestedBy, reason, approval } = migration;
  const decide = useDecide();
  const [why, setWhy] = useState('');
  // The drawer shows a second one over the page's own.
  const field = useId();
  const until = approval === undefined ? '' : new Date(approval.until).toLocaleTimeString();
  const blocked = whyNot('Admin', 'Deciding');
  return (
    <Stack direction="column" gap={1}>
      <Alert severity="info" title={`${requestedBy} asks to move ${vm} from ${from} to ${to}`}>
        {reason === null ? 'No reason was given.' : `Reason: ${reason}.`} Nothing is done until an admin
        approves it; undecided, it ends at {until}.
      </Alert>
      <FlushField label="Why" description="Goes into the audit log; needed to reject">
        <Input
          id={field}
          maxLength={500}
          value={why}
          onChange={(event) => {
            setWhy(event.currentTarget.value);
          }}
        />
      </FlushField>
      <Stack>
        <ActionButton
          icon="check"
          blockedBy={blocked}
          disabled={decide.isPending}
          onClick={() => {
            decide.mutate({ id, decision: 'approve', reason: why });
          }}
        >
          Approve
        </ActionButton>
        <ActionButton
          variant="secondary"
          icon="times"
          blockedBy={blocked ?? (why.trim() === '' ? 'Say why first; the one who asked reads it' : null)}
          disabled={decide.isPending}
          onClick={() => {
            decide.mutate({ id, decision: 'reject', reason: why });
          }}
        >
          Reject
        </ActionButton>
      </Stack>
      {decide.error !== null && <Alert severity="error" title={`Refused: ${decide.error.message}`} />}
    </Stack>
  );
}
