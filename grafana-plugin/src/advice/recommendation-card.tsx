import { Alert, Badge, Button, Collapse, Input, Stack } from '@grafana/ui';
import { useState } from 'react';
import { Link } from 'react-router-dom';
import { ActionButton } from '../components/action-button.tsx';
import { Effects } from '../components/effects.tsx';
import { Facts } from '../components/facts.tsx';
import { FlushField } from '../components/flush-field.tsx';
import { bytes, count, seconds, when } from '../components/words.ts';
import { useApplyRecommendation, useDismissRecommendation } from '../data/advice.ts';
import type { Recommendation } from '../data/api.ts';
import { MigrateDrawer } from '../migrate/migrate-drawer.tsx';
import { appPath } from '../plugin-id.ts';
import { whyNot } from '../role.ts';

type Props = {
  recommendation: Recommendation;
  now: number;
  open: boolean;
  onToggle: (open: boolean) => void;
};
type Move = Recommendation['moves'][number];

/** One piece of advice with all that an admin needs to say yes or no. */
export function RecommendationCard({ recommendation, now, open, onToggle }: Props) {
  const { alternatives, cost, effects, expiresAt, id, ifIgnored, kind, moves, power, priority, reason } =
    recommendation;
  const [why, setWhy] = useState('');
  const [move, setMove] = useState<Move | null>(null);
  const apply = useApplyRecommendation();
  const dismiss = useDismissRecommendation();
  const expired = expiresAt <= now;
  const late = expired ? 'It has expired; newer advice takes its place at the next tick' : null;
  const busy = apply.isPending || dismiss.isPending;
  return (
    <Collapse
      isOpen={open}
      onToggle={onToggle}
      label={
        <Stack alignItems="center">
          <Badge
            text={`priority ${String(priority)}`}
            color={priority <= 2 ? 'red' : priority === 3 ? 'orange' : 'blue'}
          />
          <Badge text={kind} color="purple" />
          <span>{reason}</span>
        </Stack>
      }
    >
      <Stack direction="column" gap={2}>
        <Facts
          label="Plan"
          facts={[
            ['Moves', moves.length === 0 ? 'none' : <MoveList key="moves" moves={moves} onLook={setMove} />],
            ...(power.length === 0
              ? []
              : [
                  [
                    'Power',
                    power
                      .map(
                        ({ action, host }) =>
                          `${action === 'switch-on' ? 'switch on' : 'switch off'} ${host}`,
                      )
                      .join(', '),
                  ] as const,
                ]),
            [
              'Costs',
              `${bytes(cost.bytes)} over the wire, ${seconds(cost.seconds)}, no VM stands still longer than ${seconds(cost.downtimeSeconds)}`,
            ],
            ['If nobody acts', ifIgnored],
            ['Expires', when(expiresAt, now)],
          ]}
        />
        <Effects effects={effects} />
        {alternatives.length > 0 && (
          <Facts
            label="Alternatives, and why they lost"
            facts={alternatives.map(({ description, lost }) => [description, lost] as const)}
          />
        )}
        <FlushField label="Reason" description="Goes into the audit log; needed to dismiss">
          <Input
            id={`reason-${id}`}
            maxLength={500}
            value={why}
            onChange={(event) => {
              setWhy(event.currentTarget.value);
            }}
          />
        </FlushField>
        {apply.data !== undefined && (
          <Alert severity="success" title={`${count(moves.length, 'move', 'moves')} asked for, wave by wave`}>
            <Link to={`${appPath}/migrations`}>Follow them under Migrations</Link>
          </Alert>
        )}
        {apply.error !== null && <Alert severity="error" title={`Refused: ${apply.error.message}`} />}
        {dismiss.error !== null && (
          <Alert severity="error" title={`Not dismissed: ${dismiss.error.message}`} />
        )}
        <Stack>
          <ActionButton
            icon="check"
            blockedBy={
              whyNot('Admin', 'Applying a plan') ??
              late ??
              (moves.length === 0 ? 'It asks for host power only, which is done by hand' : null)
            }
            disabled={busy || apply.data !== undefined}
            onClick={() => {
              apply.mutate({ id, reason: why });
            }}
          >
            Apply
          </ActionButton>
          <ActionButton
            variant="secondary"
            blockedBy={
              whyNot('Editor', 'Dismissing advice') ??
              (why.trim() === '' ? 'Say why in the field above' : null)
            }
            disabled={busy}
            onClick={() => {
              dismiss.mutate({ id, reason: why.trim() });
            }}
          >
            Dismiss
          </ActionButton>
        </Stack>
      </Stack>
      {move !== null && (
        <MigrateDrawer
          vm={{ uuid: move.uuid, name: move.vm }}
          from={move.from}
          to={move.to}
          recommendation={id}
          onClose={() => {
            setMove(null);
          }}
        />
      )}
    </Collapse>
  );
}

function MoveList({ moves, onLook }: { moves: readonly Move[]; onLook: (move: Move) => void }) {
  return (
    <ol style={{ paddingLeft: 18 }}>
      {moves.map((move) => (
        <li key={`${move.uuid}-${move.to}`}>
          <Link to={`${appPath}/vms/${move.uuid}`}>{move.vm}</Link> from {move.from} to {move.to}, wave{' '}
          {move.wave + 1}, {seconds(move.forecast.seconds.value)}{' '}
          <Button
            size="sm"
            variant="secondary"
            fill="text"
            aria-label={`Look at moving ${move.vm} alone`}
            onClick={() => {
              onLook(move);
            }}
          >
            only this
          </Button>
        </li>
      ))}
    </ol>
  );
}
