import { defaultPolicy } from '../../../collector/src/fleet/default-policy.ts';
import { app, board, hostVariable, vmVariable } from '../board.ts';
import { inFleet } from '../influxql.ts';
import type { Dimension } from '../measurements.ts';
import { column, figure, hidden, lines, linked, rows, shares, steps, unit } from '../panels.ts';

// By name over all hosts: a VM that moved keeps its history.
const ofVm = () => inFleet('vm').whereVariable('vm');
const forecastOf = () => inFleet('forecast').whereVariable('vm');
const titles = { cpu: 'CPU', mem: 'Memory', net: 'Network', disk: 'Disk' } as const;

const load = (dimension: Dimension) =>
  shares(
    {
      title: titles[dimension],
      description:
        'Load as a share of what the VM was given, with the boundaries of its class (medium, high by default), and what was forecast for this time 30 min before.',
    },
    { width: 12, height: 8 },
    [
      { value: null, color: 'green' },
      { value: defaultPolicy.classes[dimension].medium, color: 'orange' },
      { value: defaultPolicy.classes[dimension].high, color: 'red' },
    ],
    { query: ofVm().select('mean', dimension).byTime(), alias: titles[dimension] },
    {
      query: forecastOf().select('mean', `${dimension}_30m`, 'forecast').byTime(),
      alias: 'forecast 30 min before',
    },
    { query: forecastOf().select('mean', `${dimension}_30m_low`, 'low').byTime(), alias: 'low' },
    { query: forecastOf().select('mean', `${dimension}_30m_high`, 'high').byTime(), alias: 'high' },
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

export const vmBoardOf = () =>
  board(
    {
      uid: 'evenkeel-vm',
      title: 'VM',
      description: 'One VM: its load, its class, what was forecast, its moves.',
    },
    ['VMs', 'fleet'],
  )
    .withVariable(hostVariable())
    .withVariable(vmVariable())
    .withPanel(
      rows(
        { title: 'Where it runs', description: 'Newest samples; the uuid opens the page of the app.' },
        { width: 12, height: 4 },
        ofVm().raw('state').raw('vcpus').raw('mem_current_bytes', 'memory').tag('host').tag('uuid').newest(1),
        [
          column('Time', hidden),
          column('memory', unit('bytes')),
          column('uuid', linked('VM page', `${app}/vms/\${__value.raw}`)),
          column('host', linked('Host page', `${app}/hosts/\${__value.raw}`)),
        ],
      ),
    )
    .withPanel(
      figure(
        { title: 'Class', description: '0 low, 1 medium, 2 high.' },
        'none',
        { width: 6, height: 4 },
        steps('green', [1, 'orange'], [2, 'red']),
        { query: ofVm().select('last', 'class_level').byTime(), alias: 'class' },
      ).mappings([
        {
          type: 'value' as never,
          options: { '0': { text: 'low' }, '1': { text: 'medium' }, '2': { text: 'high' } },
        },
      ]),
    )
    .withPanel(
      figure(
        { title: 'Pressure', description: 'Share of time that vCPUs waited for a CPU (steal).' },
        'percentunit',
        { width: 6, height: 4 },
        steps('green', [defaultPolicy.pressureMax, 'red']),
        { query: ofVm().select('mean', 'pressure').byTime(), alias: 'pressure' },
      ),
    )
    .withPanel(load('cpu'))
    .withPanel(load('mem'))
    .withPanel(load('net'))
    .withPanel(load('disk'))
    .withPanel(
      lines(
        { title: 'Network', description: 'All its interfaces.' },
        'Bps',
        { width: 8, height: 7 },
        { query: ofVm().select('mean', 'net_rx_bytes_per_second').byTime(), alias: 'received' },
        { query: ofVm().select('mean', 'net_tx_bytes_per_second').byTime(), alias: 'sent' },
      ),
    )
    .withPanel(
      lines(
        { title: 'Disk', description: 'All its disks.' },
        'Bps',
        { width: 8, height: 7 },
        { query: ofVm().select('mean', 'disk_read_bytes_per_second').byTime(), alias: 'read' },
        { query: ofVm().select('mean', 'disk_write_bytes_per_second').byTime(), alias: 'written' },
      ),
    )
    .withPanel(
      lines(
        {
          title: 'Dirty rate',
          description: 'How fast the guest changes its memory: what a live migration must outrun.',
        },
        'Bps',
        { width: 8, height: 7 },
        { query: ofVm().select('mean', 'dirty_bytes_per_second').byTime(), alias: 'dirty rate' },
      ),
    )
    .withPanel(
      rows(
        { title: 'Expected class changes', description: 'When it was said, how sure, and to which class.' },
        { width: 12, height: 7 },
        forecastOf()
          .whereNot('class', '')
          .raw('cpu_class_change_probability', 'CPU probability')
          .raw('cpu_class_change_minutes', 'CPU minutes')
          .raw('mem_class_change_probability', 'memory probability')
          .raw('mem_class_change_minutes', 'memory minutes')
          .tag('class')
          .newest(50),
        [column('CPU probability', unit('percentunit')), column('memory probability', unit('percentunit'))],
      ),
    )
    .withPanel(
      rows(
        { title: 'Its migrations', description: 'How each ended.' },
        { width: 12, height: 7 },
        inFleet('migration')
          .whereVariable('vm')
          .whereField('running', '=', 0)
          .raw('stage')
          .tag('host')
          .raw('to')
          .raw('seconds')
          .raw('forecast_seconds', 'forecast')
          .raw('downtime_seconds', 'downtime')
          .raw('error')
          .newest(50),
        ['seconds', 'forecast', 'downtime'].map((name) => column(name, unit('s'))),
      ),
    );
