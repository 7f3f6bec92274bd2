import { TextBoxVariableBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { board } from '../board.ts';
import { inFleet } from '../influxql.ts';
import { appPanel, column, figure, lines, linked, rows, shares, steps, unit } from '../panels.ts';
import { hostPage } from '../board.ts';

/** Every host's own watts, then their sum: a host that is off draws nothing. */
const watts = () =>
  inFleet('host')
    .formula('mean("on") * ($idleWatts + mean("cpu") * ($fullWatts - $idleWatts))', 'watts')
    .byTime()
    .by('host')
    .nest()
    .formula('sum("watts")', 'watts');

export const consolidationBoard = () =>
  board(
    {
      uid: 'evenkeel-consolidation',
      title: 'Consolidation',
      description: 'How many hosts carry the fleet, how many could, what is in reserve, and what it costs.',
    },
    ['Recommendations', 'recommendations'],
  )
    .withVariable(new TextBoxVariableBuilder('idleWatts').label('W idle').defaultValue('100'))
    .withVariable(new TextBoxVariableBuilder('fullWatts').label('W at full load').defaultValue('250'))
    .withPanel(
      figure(
        { title: 'Hosts on', description: 'Hosts that are switched on.' },
        'none',
        { width: 4, height: 4 },
        steps('blue'),
        {
          query: inFleet('host')
            .select('last', 'on')
            .byTime()
            .by('host')
            .nest()
            .formula('sum("on")', 'on')
            .byTimeOutside(),
          alias: 'on',
        },
      ),
    )
    .withPanel(
      figure(
        {
          title: 'Could be emptied',
          description: 'Cold spots: hosts that could be emptied and switched off.',
        },
        'none',
        { width: 4, height: 4 },
        steps('blue'),
        { query: inFleet('finding').select('last', 'coldspot_count', 'count').byTime(), alias: 'cold' },
      ),
    )
    .withPanel(
      figure(
        {
          title: 'Short of reserve',
          description: '1 while the hosts that may fail by the policy could not be replaced.',
        },
        'bool_yes_no',
        { width: 4, height: 4 },
        steps('green', [1, 'red']),
        { query: inFleet('finding').select('last', 'reserve_count', 'count').byTime(), alias: 'short' },
      ),
    )
    .withPanel(
      figure(
        { title: 'Moves advised', description: 'Over all open recommendations.' },
        'none',
        { width: 4, height: 4 },
        steps('blue'),
        { query: inFleet('recommendation').select('last', 'moves').byTime(), alias: 'moves' },
      ),
    )
    .withPanel(
      figure(
        {
          title: 'Power (estimate)',
          description:
            'A straight line between the two figures above, by each host’s CPU load; not measured. Set them to those of your hosts.',
        },
        'watt',
        { width: 8, height: 4 },
        steps('blue'),
        { query: watts().byTimeOutside(), alias: 'power' },
      ),
    )
    .withPanel(
      lines(
        { title: 'Hosts', description: 'On, and how many of them could be emptied.' },
        'none',
        { width: 12, height: 8 },
        {
          query: inFleet('host')
            .select('last', 'on')
            .byTime()
            .by('host')
            .nest()
            .formula('sum("on")', 'on')
            .byTimeOutside(),
          alias: 'on',
        },
        {
          query: inFleet('finding').select('last', 'coldspot_count', 'count').byTime(),
          alias: 'could be emptied',
        },
      ),
    )
    .withPanel(
      lines(
        { title: 'Power (estimate)', description: 'As the figure above, over time.' },
        'watt',
        { width: 12, height: 8 },
        { query: watts().byTimeOutside(), alias: 'power' },
      ),
    )
    .withPanel(
      lines(
        { title: 'Capacity in use', description: 'CPU cores used and there, over all hosts.' },
        'none',
        { width: 12, height: 8 },
        {
          query: inFleet('host')
            .select('mean', 'cpu_cores')
            .byTime()
            .by('host')
            .nest()
            .formula('sum("cpu_cores")', 'cores')
            .byTimeOutside(),
          alias: 'cores in use',
        },
        {
          query: inFleet('host')
            .select('mean', 'capacity_cpu_cores')
            .byTime()
            .by('host')
            .nest()
            .formula('sum("capacity_cpu_cores")', 'cores')
            .byTimeOutside(),
          alias: 'cores',
        },
      ),
    )
    .withPanel(
      shares(
        {
          title: 'Spread of load',
          description:
            'Lowest, mean and highest CPU load over the hosts: the further apart, the less balanced.',
        },
        { width: 12, height: 8 },
        [],
        { query: inFleet('host').select('max', 'cpu').byTime(), alias: 'highest' },
        { query: inFleet('host').select('mean', 'cpu').byTime(), alias: 'mean' },
        { query: inFleet('host').select('min', 'cpu').byTime(), alias: 'lowest' },
      ),
    )
    .withPanel(
      rows(
        { title: 'What was advised', description: 'Newest first.' },
        { width: 14, height: 9 },
        inFleet('recommendation')
          .whereNot('host', '')
          .raw('kind')
          .raw('priority')
          .tag('host')
          .raw('moves')
          .raw('gain')
          .raw('bytes')
          .raw('seconds')
          .raw('reason')
          .newest(50),
        [
          column('host', linked('Host page', hostPage)),
          column('bytes', unit('bytes')),
          column('seconds', unit('s')),
        ],
      ),
    )
    .withPanel(
      appPanel(
        { title: 'Do it', description: 'Open recommendations, with the button for those who may press it.' },
        'evenkeel-migrate-panel',
        { width: 10, height: 9 },
        { show: 'recommendations', most: 10 },
      ),
    );
