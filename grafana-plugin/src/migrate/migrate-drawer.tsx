import { Alert, Button, Drawer, Input, Stack } from '@grafana/ui';
import { useMemo, useState } from 'react';
import { ActionButton } from '../components/action-button.tsx';
import { Effects } from '../components/effects.tsx';
import { FlushField } from '../components/flush-field.tsx';
import type { MigrationBody } from '../data/api.ts';
import { awaitsApproval, hasEnded, useMigrate, useMigration, usePreflight } from '../data/migrations.ts';
import { moveLabel, whyNotMove } from '../role.ts';
import { MigrationProgress } from './migration-progress.tsx';
import { MoveForecastList } from './move-forecast-list.tsx';
import { PreflightList } from './preflight-list.tsx';
import { isRisky } from './risk.ts';

type Props = {
  vm: { uuid: string; name: string };
  from: string;
  to: string;
  recommendation?: string;
  onClose: () => void;
};

/** The button's second half: checks, forecast and effect before; live progress to the verified end after. */
export function MigrateDrawer({ vm, from, to, recommendation, onClose }: Props) {
  const [reason, setReason] = useState('');
  const [typed, setTyped] = useState('');
  // One key for as long as the drawer is open: pressing twice is once.
  const [key] = useState(() => crypto.randomUUID());
  const asked = useMemo<MigrationBody>(
    () => ({ uuid: vm.uuid, from, to, ...(recommendation === undefined ? {} : { recommendation }) }),
    [vm.uuid, from, to, recommendation],
  );
  const migrate = useMigrate();
  const migration = useMigration(migrate.data?.id);
  const running = migration.data ?? migrate.data;
  const preflight = usePreflight(running === undefined ? asked : null);
  const check = preflight.data;
  const risky = check !== undefined && isRisky(check);
  const blockedBy =
    whyNotMove() ??
    (check === undefined ? 'The checks are not through yet' : null) ??
    (check?.allowed === false ? 'A check failed; see above what to do about it' : null) ??
    (risky && typed !== vm.name ? `Type ${vm.name} to confirm` : null);

  return (
    <Drawer
      title={`${moveLabel()} ${vm.name}`}
      subtitle={`${from} to ${to}, live`}
      size="md"
      onClose={onClose}
    >
      <Stack direction="column" gap={2}>
        {running === undefined ? (
          <>
            {preflight.error !== null && (
              <Alert severity="error" title="The checks could not be made">
                <p>{preflight.error.message}</p>
                <Button size="sm" variant="secondary" onClick={() => void preflight.refetch()}>
                  Check again
                </Button>
              </Alert>
            )}
            <PreflightList preflight={check} />
            {check?.forecast != null && <MoveForecastList forecast={check.forecast} />}
            {check !== undefined && check.effects.length > 0 && <Effects effects={check.effects} />}
            <FlushField label="Reason" description="Goes into the audit log">
              <Input
                id="reason"
                maxLength={500}
                value={reason}
                onChange={(event) => {
                  setReason(event.currentTarget.value);
                }}
              />
            </FlushField>
            {risky && (
              <FlushField label={`This move is risky. Type the VM’s name, ${vm.name}, to go on`}>
                <Input
                  id="confirm-name"
                  value={typed}
                  autoComplete="off"
                  onChange={(event) => {
                    setTyped(event.currentTarget.value);
                  }}
                />
              </FlushField>
            )}
            {migrate.error !== null && <Alert severity="error" title={`Refused: ${migrate.error.message}`} />}
            <Stack>
              <ActionButton
                icon="arrow-right"
                blockedBy={blockedBy}
                disabled={migrate.isPending}
                onClick={() => {
                  migrate.mutate({ key, body: { ...asked, ...(reason === '' ? {} : { reason }) } });
                }}
              >
                {moveLabel()}
              </ActionButton>
              <Button variant="secondary" onClick={onClose}>
                Cancel
              </Button>
            </Stack>
          </>
        ) : (
          <>
            <MigrationProgress migration={running} />
            {migration.error !== null && (
              <Alert
                severity="warning"
                title={`Connection lost: ${migration.error.message} The migration goes on; this page catches up by itself.`}
              />
            )}
            <Button variant="secondary" onClick={onClose}>
              {hasEnded(running)
                ? 'Close'
                : awaitsApproval(running)
                  ? 'Close (it waits for an admin)'
                  : 'Close (the migration goes on)'}
            </Button>
          </>
        )}
      </Stack>
    </Drawer>
  );
}
