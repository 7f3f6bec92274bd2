import type { PanelProps } from '@grafana/data';
import { Badge, Stack } from '@grafana/ui';
import { useMemo, useState } from 'react';
import { ActionButton } from '../../components/action-button.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { percent, seconds } from '../../components/words.ts';
import { useRecommendations } from '../../data/advice.ts';
import { useTargets, useVm } from '../../data/fleet.ts';
import { MigrateDrawer } from '../../migrate/migrate-drawer.tsx';
import { appPath } from '../../plugin-id.ts';
import { moveLabel, whyNotMove } from '../../role.ts';
import { PanelFrame } from '../panel-frame.tsx';
import type { MigrateOptions } from './module.tsx';
import { uuidsOf } from './uuids-of.ts';

type Wanted = { vm: { uuid: string; name: string }; from: string; to: string; recommendation?: string };

/** The button on any dashboard. */
export function MigratePanel({ data, options }: PanelProps<MigrateOptions>) {
  const [wanted, setWanted] = useState<Wanted | null>(null);
  const uuids = useMemo(() => uuidsOf(data.series, options.most), [data.series, options.most]);
  return (
    <PanelFrame>
      {options.show === 'recommendations' ? (
        <Advice most={options.most} onWant={setWanted} />
      ) : uuids.length === 0 ? (
        <p>The query gives no VM. It needs a field or a label named uuid, as the measurement vm has it.</p>
      ) : (
        uuids.map((uuid) => <OneVm key={uuid} uuid={uuid} onWant={setWanted} />)
      )}
      {wanted !== null && (
        <MigrateDrawer
          {...wanted}
          onClose={() => {
            setWanted(null);
          }}
        />
      )}
    </PanelFrame>
  );
}

function Advice({ most, onWant }: { most: number; onWant: (wanted: Wanted) => void }) {
  const recommendations = useRecommendations();
  return (
    <Loaded
      query={recommendations}
      what="the recommendations"
      height={80}
      empty={({ items }) =>
        items.length === 0 ? { message: 'Nothing is advised', advice: 'The fleet is on an even keel.' } : null
      }
    >
      {({ items }) =>
        items.slice(0, most).map(({ id, moves, priority, reason }) => (
          <section key={id} style={{ marginBottom: 12 }}>
            <Badge text={`priority ${String(priority)}`} color={priority <= 2 ? 'red' : 'blue'} />{' '}
            <a href={`${appPath}/recommendations/${encodeURIComponent(id)}`}>{reason}</a>
            {moves.map((move) => (
              <Stack key={`${move.uuid}-${move.to}`} alignItems="center">
                <span>
                  {move.vm}: {move.from} → {move.to}, {seconds(move.forecast.seconds.value)}
                </span>
                <ActionButton
                  size="sm"
                  variant="secondary"
                  aria-label={`${moveLabel()} ${move.vm} to ${move.to}`}
                  blockedBy={whyNotMove()}
                  onClick={() => {
                    onWant({
                      vm: { uuid: move.uuid, name: move.vm },
                      from: move.from,
                      to: move.to,
                      recommendation: id,
                    });
                  }}
                >
                  {moveLabel()}
                </ActionButton>
              </Stack>
            ))}
          </section>
        ))
      }
    </Loaded>
  );
}

function OneVm({ uuid, onWant }: { uuid: string; onWant: (wanted: Wanted) => void }) {
  const vm = useVm(uuid);
  const targets = useTargets(uuid);
  const best = targets.data?.items[0];
  return (
    <Loaded query={vm} what="the VM" height={32}>
      {(one) => (
        <Stack alignItems="center">
          <a href={`${appPath}/vms/${uuid}`}>{one.name}</a>
          <span>
            on {one.host}, CPU {percent(one.load.cpu)}
          </span>
          <ActionButton
            size="sm"
            variant="secondary"
            aria-label={`${moveLabel()} ${one.name}`}
            blockedBy={whyNotMove() ?? (best === undefined ? 'No other host can take this VM now' : null)}
            onClick={() => {
              if (best !== undefined) onWant({ vm: one, from: one.host, to: best.host });
            }}
          >
            {moveLabel()}
            {best === undefined ? '' : ` to ${best.host}`}
          </ActionButton>
        </Stack>
      )}
    </Loaded>
  );
}
