import { defaultPolicy } from '../../../collector/src/fleet/default-policy.ts';
import { board, hostVariable, vmBoard } from '../board.ts';
import { from, inFleet } from '../influxql.ts';
import { dimensions, type Dimension } from '../measurements.ts';
import { column, figure, hidden, lines, linked, rows, shares, steps, unit } from '../panels.ts';

const ofHost = () => inFleet('host').whereVariable('host');
const names = { cpu: 'CPU', mem: 'Memory', net: 'Network', disk: 'Disk' } as const;

const limits = (dimension: Dimension) => [
  { value: null, color: 'green' },
  { value: defaultPolicy.loadMax[dimension], color: 'red' },
];

/** Load, and what was said of this time before it came. */
const load = (dimension: Dimension) =>
  shares(
    {
      title: names[dimension],
      description: `Load as a share of what the host can give, and what was forecast for this time 30 min before, with its 80 % interval. A hot spot is over ${defaultPolicy.loadMax[dimension]} by default.`,
    },
    { width: 12, height: 8 },
    limits(dimension),
    { query: ofHost().select('mean', dimension).byTime(), alias: names[dimension] },
    {
      query: inFleet('forecast')
        .whereVariable('host')
        .where('vm', '')
        .select('mean', `${dimension}_30m`, 'forecast')
        .byTime(),
      alias: 'forecast 30 min before',
    },
    {
      query: inFleet('forecast')
        .whereVariable('host')
        .where('vm', '')
        .select('mean', `${dimension}_30m_low`, 'low')
        .byTime(),
      alias: 'low',
    },
    {
      query: inFleet('forecast')
        .whereVariable('host')
        .where('vm', '')
        .select('mean', `${dimension}_30m_high`, 'high')
        .byTime(),
      alias: 'high',
    },
  )
    .overrideByName('forecast 30 min before', [
      { id: 'custom.lineStyle', value: { fill: 'dash', dash: [6, 6] } },
    ])
    .overrideByName('low', [{ id: 'custom.lineWidth', value: 0 }])
    .overrideByName('high', [
      { id: 'custom.lineWidth', value: 0 },
      { id: 'custom.fillBelowTo', value: 'low' },
      { id: 'custom.fillOpacity', value: 15 },
    ]);

export const hostBoardOf = () =>
  board(
    {
      uid: 'evenkeel-host',
      title: 'Host',
      description: 'One host: its load, its forecast, its VMs, its health.',
    },
    ['Host page', 'hosts/${host}'],
  )
    .withVariable(hostVariable())
    .withPanel(
      figure(
        { title: 'Fresh', description: '1 while the host answers in time.' },
        'bool_yes_no',
        { width: 4, height: 4 },
        steps('red', [1, 'green']),
        { query: ofHost().select('last', 'fresh').byTime(), alias: 'fresh' },
      ),
    )
    .withPanel(
      figure(
        { title: 'VMs', description: 'VMs on the host.' },
        'none',
        { width: 4, height: 4 },
        steps('blue'),
        { query: ofHost().select('last', 'vms').byTime(), alias: 'VMs' },
      ),
    )
    .withPanel(
      figure(
        {
          title: 'Pressure',
          description: `vCPU delay (steal) share; a hot spot over ${defaultPolicy.pressureMax} by default.`,
        },
        'percentunit',
        { width: 4, height: 4 },
        steps('green', [defaultPolicy.pressureMax / 2, 'orange'], [defaultPolicy.pressureMax, 'red']),
        { query: ofHost().select('mean', 'pressure').byTime(), alias: 'pressure' },
      ),
    )
    .withPanel(
      figure(
        { title: 'Maintenance', description: 'A host in maintenance is no target.' },
        'bool_yes_no',
        { width: 4, height: 4 },
        steps('green', [1, 'orange']),
        { query: ofHost().select('last', 'maintenance').byTime(), alias: 'maintenance' },
      ),
    )
    .withPanel(
      figure(
        { title: 'CPUs', description: 'Logical CPUs that the host can give.' },
        'none',
        { width: 4, height: 4 },
        steps('blue'),
        { query: ofHost().select('last', 'capacity_cpu_cores').byTime(), alias: 'CPUs' },
      ),
    )
    .withPanel(
      figure(
        { title: 'Memory', description: 'Memory that the host can give.' },
        'bytes',
        { width: 4, height: 4 },
        steps('blue'),
        { query: ofHost().select('last', 'capacity_mem_bytes').byTime(), alias: 'memory' },
      ),
    )
    .withPanel(load('cpu'))
    .withPanel(load('mem'))
    .withPanel(load('net'))
    .withPanel(load('disk'))
    .withPanel(
      lines(
        { title: 'Network', description: 'Through the VMs of the host.' },
        'Bps',
        { width: 12, height: 7 },
        { query: ofHost().select('mean', 'net_rx_bytes_per_second').byTime(), alias: 'received' },
        { query: ofHost().select('mean', 'net_tx_bytes_per_second').byTime(), alias: 'sent' },
      ),
    )
    .withPanel(
      lines(
        { title: 'Disk', description: 'Through the VMs of the host.' },
        'Bps',
        { width: 12, height: 7 },
        { query: ofHost().select('mean', 'disk_read_bytes_per_second').byTime(), alias: 'read' },
        { query: ofHost().select('mean', 'disk_write_bytes_per_second').byTime(), alias: 'written' },
      ),
    )
    .withPanel(
      rows(
        { title: 'VMs on this host now', description: 'By the last sample within two minutes.' },
        { width: 24, height: 10 },
        from('vm')
          .lately('2m')
          .whereVariable('fleet')
          .whereVariable('host')
          .select('last', 'cpu')
          .select('last', 'mem')
          .select('last', 'net')
          .select('last', 'disk')
          .select('last', 'pressure')
          .select('last', 'cpu_cores')
          .select('last', 'mem_bytes')
          .by('vm'),
        [
          column('Time', hidden),
          column('vm', linked('VM dashboard', vmBoard)),
          ...[...dimensions, 'pressure'].map((name) => column(name, unit('percentunit'))),
          column('mem_bytes', unit('bytes')),
        ],
        'cpu_cores',
      ),
    );
