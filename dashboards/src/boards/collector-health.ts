import { board, hostPage } from '../board.ts';
import { inFleet, nowInFleet } from '../influxql.ts';
import { column, figure, hidden, lines, linked, rows, steps, unit } from '../panels.ts';

const own = () => inFleet('collector');

export const collectorHealthBoard = () =>
  board(
    {
      uid: 'evenkeel-collector',
      title: 'Collector health',
      description: 'Whether the watcher is well: its cost, its databases, and the hosts that answer late.',
    },
    ['Fleet', 'fleet'],
  )
    .withPanel(
      figure(
        { title: 'Hosts', description: 'That the collector watches.' },
        'none',
        { width: 4, height: 4 },
        steps('blue'),
        { query: own().select('last', 'hosts').byTime('1m'), alias: 'hosts' },
      ),
    )
    .withPanel(
      figure(
        { title: 'Hosts fresh', description: 'That answered in time.' },
        'none',
        { width: 4, height: 4 },
        steps('blue'),
        { query: own().select('last', 'hosts_fresh').byTime('1m'), alias: 'fresh' },
      ),
    )
    .withPanel(
      figure(
        { title: 'VMs', description: 'That the collector watches.' },
        'none',
        { width: 4, height: 4 },
        steps('blue'),
        { query: own().select('last', 'vms').byTime('1m'), alias: 'VMs' },
      ),
    )
    .withPanel(
      figure(
        { title: 'Points lost', description: 'Dropped since the start because the spool was full.' },
        'none',
        { width: 4, height: 4 },
        steps('green', [1, 'red']),
        { query: own().select('last', 'influxdb_lost', 'lost').byTime('1m'), alias: 'lost' },
      ),
    )
    .withPanel(
      figure(
        { title: 'Points refused', description: 'That InfluxDB would not take, since the start.' },
        'none',
        { width: 4, height: 4 },
        steps('green', [1, 'red']),
        { query: own().select('last', 'influxdb_refused', 'refused').byTime('1m'), alias: 'refused' },
      ),
    )
    .withPanel(
      figure(
        {
          title: 'Oldest point that waits',
          description: 'Age of the oldest point in the spool of InfluxDB.',
        },
        's',
        { width: 4, height: 4 },
        steps('green', [60, 'orange'], [300, 'red']),
        { query: own().select('last', 'influxdb_spool_age_seconds', 'age').byTime('1m'), alias: 'age' },
      ),
    )
    .withPanel(
      lines(
        { title: 'Memory', description: 'Resident memory of the process.' },
        'bytes',
        { width: 8, height: 8 },
        { query: own().select('mean', 'resident_bytes').byTime('1m'), alias: 'resident' },
      ),
    )
    .withPanel(
      lines(
        { title: 'CPU', description: 'Cores in use by the process.' },
        'none',
        { width: 8, height: 8 },
        { query: own().rate('cpu_seconds', 'cores').byTime('1m'), alias: 'cores' },
      ),
    )
    .withPanel(
      lines(
        { title: 'Event loop delay', description: '99th percentile over a minute.' },
        's',
        { width: 8, height: 8 },
        { query: own().select('max', 'loop_delay_seconds').byTime('1m'), alias: 'delay' },
      ),
    )
    .withPanel(
      lines(
        { title: 'Points stored', description: 'A second.' },
        'none',
        { width: 8, height: 8 },
        { query: own().rate('influxdb_stored', 'points').byTime('1m'), alias: 'InfluxDB' },
      ),
    )
    .withPanel(
      lines(
        { title: 'Spool', description: 'Points that wait for InfluxDB.' },
        'none',
        { width: 8, height: 8 },
        { query: own().select('max', 'influxdb_spool_points', 'points').byTime('1m'), alias: 'points' },
      ),
    )
    .withPanel(
      lines(
        { title: 'Reads that failed or were late', description: 'Over all hosts, a second.' },
        'none',
        { width: 8, height: 8 },
        {
          query: inFleet('host')
            .rate('poll_errors', 'errors')
            .byTime('1m')
            .by('host')
            .nest()
            .formula('sum("errors")', 'errors')
            .byTimeOutside('1m'),
          alias: 'failed',
        },
        {
          query: inFleet('host')
            .rate('polls_late', 'late')
            .byTime('1m')
            .by('host')
            .nest()
            .formula('sum("late")', 'late')
            .byTimeOutside('1m'),
          alias: 'late',
        },
      ),
    )
    .withPanel(
      rows(
        { title: 'Slowest hosts', description: 'How long the last read of each host took.' },
        { width: 24, height: 10 },
        nowInFleet('host', '5m')
          .select('last', 'poll_seconds', 'read')
          .select('last', 'polls')
          .select('last', 'poll_errors', 'failed')
          .select('last', 'polls_late', 'late')
          .by('host'),
        [column('Time', hidden), column('host', linked('Host page', hostPage)), column('read', unit('s'))],
        'read',
      ),
    );
