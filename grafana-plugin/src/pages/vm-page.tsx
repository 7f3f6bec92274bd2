import { PluginPage } from '@grafana/runtime';
import { Badge, Stack } from '@grafana/ui';
import { useState } from 'react';
import { Link, useParams } from 'react-router-dom';
import { ActionButton } from '../components/action-button.tsx';
import { ConnectionBadge } from '../components/connection-badge.tsx';
import { Facts } from '../components/facts.tsx';
import { FindingsAbout } from '../components/findings-about.tsx';
import { LoadHistory } from '../components/load-history.tsx';
import { Loaded } from '../components/loaded.tsx';
import { MigrationTable } from '../components/migration-table.tsx';
import { TimeSpanPicker, useTimeSpan } from '../components/time-span.tsx';
import { useNow } from '../components/use-now.ts';
import { bytes, percent, when } from '../components/words.ts';
import { usePolicy } from '../data/advice.ts';
import type { VmView } from '../data/api.ts';
import { useTargets, useVm } from '../data/fleet.ts';
import { useMigrations } from '../data/migrations.ts';
import { MigrateDrawer } from '../migrate/migrate-drawer.tsx';
import { TargetList } from '../migrate/target-list.tsx';
import { appPath } from '../plugin-id.ts';
import { moveLabel, whyNotMove } from '../role.ts';

export default function VmPage() {
  const { uuid = '' } = useParams();
  const { span, range, setRaw } = useTimeSpan();
  const now = useNow();
  const vm = useVm(uuid);
  const migrations = useMigrations({ vm: uuid, limit: 50 });
  const targets = useTargets(uuid);
  const policy = usePolicy();
  const [to, setTo] = useState<string | null>(null);
  const best = targets.data?.items[0];
  const change = vm.data?.classChange ?? null;
  return (
    <PluginPage
      pageNav={{ text: vm.data?.name ?? uuid, parentItem: { text: 'Fleet', url: `${appPath}/fleet` } }}
      actions={
        <>
          <ConnectionBadge />
          <TimeSpanPicker range={range} onChange={setRaw} />
          <ActionButton
            icon="arrow-right"
            blockedBy={whyNotMove() ?? (best === undefined ? 'No other host can take this VM now' : null)}
            onClick={() => {
              setTo(best?.host ?? null);
            }}
          >
            {moveLabel()}
          </ActionButton>
        </>
      }
    >
      <Stack direction="column" gap={2}>
        <Loaded query={vm} what="the VM" height={120}>
          {(one) => <VmFacts vm={one} now={now} />}
        </Loaded>
        <FindingsAbout subject={uuid} now={now} />
        <section aria-label="Best targets">
          <h3>Best targets</h3>
          <Loaded query={targets} what="the targets" height={90}>
            {({ items }) => <TargetList targets={items} onChoose={setTo} />}
          </Loaded>
        </section>
        <LoadHistory
          type="vm"
          id={uuid}
          span={span}
          thresholds={(dimension) => {
            const bounds = policy.data?.classes[dimension];
            return bounds === undefined
              ? []
              : [
                  { value: bounds.medium, label: 'medium' },
                  { value: bounds.high, label: 'high' },
                ];
          }}
          marks={(dimension) =>
            change?.dimension === dimension
              ? [{ at: change.when, label: `${change.to}: ${percent(change.probability)}` }]
              : []
          }
        />
        <section aria-label="Migrations of this VM">
          <h3>Migrations, forecast beside fact</h3>
          <Loaded query={migrations} what="the migrations" height={60}>
            {({ items }) => <MigrationTable migrations={items} now={now} />}
          </Loaded>
        </section>
      </Stack>
      {to !== null && vm.data !== undefined && (
        <MigrateDrawer
          vm={vm.data}
          from={vm.data.host}
          to={to}
          onClose={() => {
            setTo(null);
          }}
        />
      )}
    </PluginPage>
  );
}

function VmFacts({ vm, now }: { vm: VmView; now: number }) {
  const { classChange: change, memory } = vm;
  return (
    <>
      <Stack>
        <Badge text={vm.state} color={vm.state === 'running' ? 'green' : 'orange'} />
        <Badge text={vm.loadClass === null ? 'no class yet' : `class ${vm.loadClass}`} color="blue" />
        {change !== null && (
          <Badge
            color="orange"
            icon="bolt"
            text={`about to be ${change.to} by ${change.dimension}, ${when(change.when, now)} (${percent(change.probability)})`}
          />
        )}
      </Stack>
      <Facts
        label="VM"
        facts={[
          [
            'Runs on',
            <Link key="host" to={`${appPath}/hosts/${encodeURIComponent(vm.host)}`}>
              {vm.host}
            </Link>,
          ],
          [
            'Load',
            `CPU ${percent(vm.load.cpu)}, memory ${percent(vm.load.mem)}, network ${percent(vm.load.net)}, pressure ${percent(vm.pressure, 1)}`,
          ],
          ['Size', `${String(vm.vcpus)} vCPUs, ${bytes(memory.maximumBytes)} memory`],
          [
            'Memory in use',
            memory.usedBytes === null
              ? 'not known'
              : `${bytes(memory.usedBytes)}, from ${memory.source}${memory.trusted ? '' : ' (the balloon driver is silent: do not rely on it)'}`,
          ],
          [
            'Writes memory',
            vm.dirtyRate === null
              ? 'not measured yet'
              : `${bytes(vm.dirtyRate.bytesPerSecond)}/s, measured ${when(vm.dirtyRate.measuredAt, now)}`,
          ],
          ['Last read', vm.sampledAt === null ? 'never' : when(vm.sampledAt, now)],
        ]}
      />
    </>
  );
}
