import { board, hostPage, vmBoard } from '../board.ts';
import { inFleet } from '../influxql.ts';
import { column, figure, lines, linked, rows, steps, unit, width } from '../panels.ts';

const noMigration = 'no migration in this time';
const ended = (stage: 'done' | 'failed' | 'aborted') => inFleet('migration').whereField('stage', '=', stage);

export const migrationsBoard = () =>
  board(
    {
      uid: 'evenkeel-migrations',
      title: 'Migrations',
      description: 'How long moves took, how long VMs stood still, and how good the forecasts were.',
    },
    ['Migrations', 'migrations'],
  )
    .withPanel(
      figure(
        { title: 'Done', description: 'In the range shown.' },
        'none',
        { width: 4, height: 4 },
        steps('green'),
        { query: ended('done').select('count', 'running', 'done'), alias: 'done' },
      ).noValue('0'),
    )
    .withPanel(
      figure(
        { title: 'Failed', description: 'In the range shown.' },
        'none',
        { width: 4, height: 4 },
        steps('green', [1, 'red']),
        { query: ended('failed').select('count', 'running', 'failed'), alias: 'failed' },
      ).noValue('0'),
    )
    .withPanel(
      figure(
        { title: 'Aborted', description: 'In the range shown.' },
        'none',
        { width: 4, height: 4 },
        steps('green', [1, 'orange']),
        { query: ended('aborted').select('count', 'running', 'aborted'), alias: 'aborted' },
      ).noValue('0'),
    )
    .withPanel(
      figure(
        { title: 'Mean duration', description: 'From the start of the copy to the switch.' },
        's',
        { width: 6, height: 4 },
        steps('blue'),
        { query: ended('done').select('mean', 'seconds'), alias: 'duration' },
      ).noValue('none'),
    )
    .withPanel(
      figure(
        { title: 'Longest downtime', description: 'How long a VM stood still.' },
        's',
        { width: 6, height: 4 },
        steps('green', [0.3, 'orange'], [1, 'red']),
        { query: ended('done').select('max', 'downtime_seconds', 'downtime'), alias: 'downtime' },
      ).noValue('none'),
    )
    .withPanel(
      lines(
        { title: 'Duration', description: 'Measured, and as it was forecast before the move.' },
        's',
        { width: 12, height: 8 },
        { query: ended('done').select('mean', 'seconds').byTime(), alias: 'measured' },
        { query: ended('done').select('mean', 'forecast_seconds').byTime(), alias: 'forecast' },
      ).noValue(noMigration),
    )
    .withPanel(
      lines(
        { title: 'Downtime', description: 'Measured, and as it was forecast before the move.' },
        's',
        { width: 12, height: 8 },
        { query: ended('done').select('max', 'downtime_seconds').byTime(), alias: 'measured' },
        { query: ended('done').select('max', 'forecast_downtime_seconds').byTime(), alias: 'forecast' },
      ).noValue(noMigration),
    )
    .withPanel(
      lines(
        {
          title: 'Forecast error of the duration',
          description: 'Measured over forecast, less 1: 0 is right, 0.5 took half as long again.',
        },
        'percentunit',
        { width: 12, height: 8 },
        {
          query: ended('done')
            .formula('"seconds" / "forecast_seconds" - 1', 'error')
            .nest()
            .formula('mean("error")', 'error')
            .inRange()
            .byTime(),
          alias: 'error',
        },
      ).noValue(noMigration),
    )
    .withPanel(
      lines(
        {
          title: 'Copying',
          description: 'Bytes a second of the moves that run, and how fast their guests dirty memory.',
        },
        'Bps',
        { width: 12, height: 8 },
        {
          query: inFleet('migration')
            .whereField('running', '=', 1)
            .select('mean', 'bytes_per_second')
            .byTime()
            .by('vm'),
          alias: '$tag_vm copies',
        },
        {
          query: inFleet('migration')
            .whereField('running', '=', 1)
            .select('mean', 'dirty_bytes_per_second')
            .byTime()
            .by('vm'),
          alias: '$tag_vm dirties',
        },
      ).noValue(noMigration),
    )
    .withPanel(
      rows(
        { title: 'Migrations', description: 'How each ended, newest first.' },
        { width: 24, height: 10 },
        inFleet('migration')
          .whereField('running', '=', 0)
          .tag('vm')
          .tag('host')
          .raw('to')
          .raw('stage')
          .raw('seconds')
          .raw('forecast_seconds', 'forecast')
          .raw('downtime_seconds', 'downtime')
          .raw('bytes')
          .raw('attempt')
          .raw('error')
          .newest(200),
        [
          column('Time', width(170)),
          column('vm', linked('VM dashboard', vmBoard)),
          column('host', linked('Host page', hostPage)),
          column('to', linked('Host page', hostPage)),
          ...['seconds', 'forecast', 'downtime'].map((name) => column(name, unit('s'))),
          column('bytes', unit('bytes')),
        ],
      ),
    );
