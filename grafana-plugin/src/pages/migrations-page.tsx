import { PluginPage } from '@grafana/runtime';
import { Button, Drawer, Stack } from '@grafana/ui';
import { useNavigate, useParams } from 'react-router-dom';
import { ConnectionBadge } from '../components/connection-badge.tsx';
import { Loaded } from '../components/loaded.tsx';
import { MigrationTable } from '../components/migration-table.tsx';
import { useNow } from '../components/use-now.ts';
import { percent } from '../components/words.ts';
import { useForecastRecord, useMigration, useMigrations } from '../data/migrations.ts';
import { DrainList } from '../migrate/drain-list.tsx';
import { MigrationProgress } from '../migrate/migration-progress.tsx';
import { appPath } from '../plugin-id.ts';

export default function MigrationsPage() {
  const { id } = useParams();
  const navigate = useNavigate();
  const now = useNow();
  const active = useMigrations({ active: true, limit: 200 });
  const past = useMigrations({ active: false, limit: 200 });
  const one = useMigration(id);
  const record = useForecastRecord();
  const close = () => {
    navigate(`${appPath}/migrations`);
  };
  return (
    <PluginPage pageNav={{ text: 'Migrations' }} actions={<ConnectionBadge />}>
      <Stack direction="column" gap={2}>
        <section aria-label="Under way">
          <h3>Under way</h3>
          <Loaded
            query={active}
            what="the migrations under way"
            height={80}
            empty={({ items }) =>
              items.length === 0
                ? {
                    message: 'Nothing moves now',
                    advice: 'Follow a recommendation, or open a VM and press Migrate.',
                  }
                : null
            }
          >
            {({ items }) =>
              items.map((migration) => <MigrationProgress key={migration.id} migration={migration} />)
            }
          </Loaded>
        </section>
        <DrainList />
        <section aria-label="Past migrations">
          <h3>Past</h3>
          <Loaded query={record} what="the forecast record" height={24}>
            {(scores) => (
              <p>
                {scores.medianSecondsError === null
                  ? 'No forecast has been scored yet.'
                  : `Of the last ${String(scores.scored.length)} forecasts, the median error of the time was ${percent(Math.abs(scores.medianSecondsError))}` +
                    (scores.downtimeWithinFactorTwo === null
                      ? '.'
                      : `; the downtime was within a factor of two in ${percent(scores.downtimeWithinFactorTwo)}.`)}
              </p>
            )}
          </Loaded>
          <Loaded query={past} what="the past migrations" height={200}>
            {({ items }) => <MigrationTable migrations={items} now={now} />}
          </Loaded>
        </section>
      </Stack>
      {id !== undefined && (
        <Drawer
          title={one.data === undefined ? 'Migration' : `${one.data.vm}: ${one.data.from} to ${one.data.to}`}
          size="md"
          onClose={close}
        >
          <Loaded query={one} what="the migration" height={200}>
            {(migration) => <MigrationProgress migration={migration} />}
          </Loaded>
          <Button variant="secondary" onClick={close}>
            Close
          </Button>
        </Drawer>
      )}
    </PluginPage>
  );
}
