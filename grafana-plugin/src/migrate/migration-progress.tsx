import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Alert, Icon, useStyles2 } from '@grafana/ui';
import { useState } from 'react';
import { ActionButton } from '../components/action-button.tsx';
import { Facts } from '../components/facts.tsx';
import { bytes, bytesPerSecond, seconds } from '../components/words.ts';
import type { Migration } from '../data/api.ts';
import { awaitsApproval, hasEnded, useAbort } from '../data/migrations.ts';
import { whyNot } from '../role.ts';
import { Approval } from './approval.tsx';
import { RaceChart } from './race-chart.tsx';
import { useProgressTrail } from './use-progress-trail.ts';

const stages = ['requested', 'checking', 'reserved', 'copying', 'switching', 'done'] as const;

/** One migration from the request to the verified end: where it stands, how the copy races the writes, what came of it. */
export function MigrationProgress({ migration }: { migration: Migration }) {
  const styles = useStyles2(getStyles);
  const trail = useProgressTrail(migration);
  const abort = useAbort();
  const [abortAsked, setAbortAsked] = useState(false);
  const { error, fact, forecast, progress, stage } = migration;
  const reached = migration.stages.map((one) => one.stage as string);
  const share =
    stage === 'done'
      ? 1
      : progress === null || progress.bytesTotal === 0
        ? 0
        : Math.min(0.99, 1 - progress.bytesRemaining / progress.bytesTotal);
  const started = migration.stages.find((one) => one.stage === 'copying')?.at;
  return (
    <section aria-label={`Migration of ${migration.vm}`} data-testid="evenkeel-migration" data-stage={stage}>
      <ol className={styles.stages}>
        {stages.map((name) => (
          <li
            key={name}
            className={reached.includes(name) ? styles.reached : styles.ahead}
            aria-current={name === stage ? 'step' : undefined}
          >
            <Icon name={reached.includes(name) ? 'check-circle' : 'circle'} aria-hidden /> {name}
          </li>
        ))}
      </ol>
      {stage === 'failed' || stage === 'aborted' ? (
        <Alert
          severity={stage === 'failed' ? 'error' : 'info'}
          title={error === null ? `The migration was ${stage}` : error.message}
        >
          {error?.advice}
        </Alert>
      ) : (
        <div
          className={styles.bar}
          role="progressbar"
          aria-label="Copied"
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={Math.round(share * 100)}
        >
          <div style={{ width: `${String(share * 100)}%` }} />
        </div>
      )}
      {progress !== null && !hasEnded(migration) && (
        <>
          <Facts
            label="Progress"
            facts={[
              ['Remaining', `${bytes(progress.bytesRemaining)} of ${bytes(progress.bytesTotal)}`],
              ['Round', String(progress.iteration)],
              ['Copies', bytesPerSecond(progress.bytesPerSecond)],
              ['VM writes', bytesPerSecond(progress.dirtyBytesPerSecond)],
              ...(progress.throttlePercent === null
                ? []
                : [['Slowed down by', `${progress.throttlePercent.toFixed(0)} %`] as const]),
              ...(forecast === null || started === undefined
                ? []
                : [
                    [
                      'Forecast to go',
                      seconds(Math.max(0, forecast.seconds.value - (progress.at - started) / 1000)),
                    ] as const,
                  ]),
            ]}
          />
          <RaceChart trail={trail} />
        </>
      )}
      {fact !== null && (
        <Facts
          label="What it took"
          facts={[
            [
              'Time',
              `${seconds(fact.seconds)}${forecast === null ? '' : `, forecast ${seconds(forecast.seconds.value)}`}`,
            ],
            [
              'Stood still',
              `${seconds(fact.downtimeSeconds)}${forecast === null ? '' : `, forecast ${seconds(forecast.downtimeSeconds.value)}`}`,
            ],
            [
              'Over the wire',
              `${bytes(fact.bytes)}${forecast === null ? '' : `, forecast ${bytes(forecast.bytes.value)}`}`,
            ],
            ['Throughput', bytesPerSecond(fact.bytesPerSecond)],
          ]}
        />
      )}
      {awaitsApproval(migration) && <Approval migration={migration} />}
      {!hasEnded(migration) && !awaitsApproval(migration) && (
        <ActionButton
          variant="destructive"
          icon="times"
          blockedBy={
            whyNot('Admin', 'Aborting') ??
            (abortAsked ? 'The abort was asked for; libvirt stops at the next safe point' : null)
          }
          onClick={() => {
            setAbortAsked(true);
            abort.mutate(
              { id: migration.id, reason: '' },
              {
                onError: () => {
                  setAbortAsked(false);
                },
              },
            );
          }}
        >
          Abort
        </ActionButton>
      )}
      {abort.error !== null && <Alert severity="error" title={`Not aborted: ${abort.error.message}`} />}
    </section>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  stages: css({ display: 'flex', flexWrap: 'wrap', gap: theme.spacing(1.5), listStyle: 'none', padding: 0 }),
  reached: css({ color: theme.colors.success.text }),
  ahead: css({ color: theme.colors.text.secondary }),
  bar: css({
    height: 10,
    marginBottom: theme.spacing(2),
    borderRadius: theme.shape.radius.pill,
    background: theme.colors.background.secondary,
    overflow: 'hidden',
    '> div': { height: '100%', background: theme.colors.primary.main },
  }),
});
