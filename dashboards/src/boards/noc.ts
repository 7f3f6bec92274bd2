import { defaultPolicy } from '../../../collector/src/fleet/default-policy.ts';
import type { FindingKind } from '../../../collector/src/fleet/finding.ts';
import { app, board, hostBoard, hostPage, vmBoard } from '../board.ts';
import { inFleet, nowInFleet } from '../influxql.ts';
import { dimensions, findingLevel } from '../measurements.ts';
import {
  appPanel,
  column,
  figure,
  hidden,
  leveled,
  lines,
  linked,
  rows,
  shares,
  steps,
  unit,
  width,
} from '../panels.ts';

const calm = steps('green', [1, 'orange']);
const alarm = steps('green', [1, 'red']);

const count = (kind: FindingKind, title: string, description: string, thresholds = calm) =>
  figure({ title, description }, 'none', { width: 3, height: 4 }, thresholds, {
    query: inFleet('finding')
      .select('last', `${findingLevel(kind)}_count`, 'count')
      .byTime(),
    alias: title,
  });

/** Hosts of which a finding is true now: what has ended says 0 and is left out. */
const standing = (kind: FindingKind) =>
  nowInFleet('finding', '1m')
    .whereNot('host', '')
    .where('vm', '')
    .select('last', findingLevel(kind), 'severity')
    .raw('message')
    .by('host')
    .nest()
    .formula('"severity"', 'severity')
    .formula('"message"', 'message')
    .formula('"host"', 'host')
    .whereLevel();

const findingColumns = [
  column('Time', width(170)),
  column('host', width(110), linked('Host dashboard', hostBoard), linked('Host page', hostPage)),
  column('severity', width(90), leveled),
];

const hostList = (kind: FindingKind, title: string, description: string) =>
  rows({ title, description }, { width: 12, height: 6 }, standing(kind), findingColumns);

export const nocBoard = () => {
  const built = board(
    {
      uid: 'evenkeel-noc',
      title: 'NOC',
      description: 'The wall: what is hot, what will be, what jumped, what is silent, and what to move.',
    },
    ['Fleet', 'fleet'],
  )
    .withPanel(
      figure(
        {
          title: 'Hosts with fresh data',
          description: 'Share of the hosts whose last sample is younger than the policy allows.',
        },
        'percentunit',
        { width: 3, height: 4 },
        steps('red', [0.9, 'orange'], [1, 'green']),
        {
          query: inFleet('host')
            .select('last', 'fresh')
            .byTime()
            .by('host')
            .nest()
            .formula('mean("fresh")', 'fresh')
            .byTimeOutside(),
          alias: 'fresh',
        },
      ),
    )
    .withPanel(count('stale', 'Stale', 'Hosts and VMs without fresh data. They are judged by nobody.', alarm))
    .withPanel(
      count(
        'abrupt-load',
        'Abrupt load',
        'Hosts that jumped over the limit faster than was forecast.',
        alarm,
      ),
    )
    .withPanel(count('hotspot', 'Hot spots', 'Hosts over the limit in most of the last samples.', alarm))
    .withPanel(
      count(
        'hotspot-predicted',
        'Hot soon',
        `Hosts forecast to be over the limit within ${defaultPolicy.horizonMinutes} min.`,
      ),
    )
    .withPanel(count('class-change', 'Class changes', 'VMs about to change their load class.'))
    .withPanel(count('coldspot', 'Cold spots', 'Hosts that could be emptied.', steps('blue')))
    .withPanel(
      figure(
        { title: 'Recommendations', description: 'What Evenkeel advises now.' },
        'none',
        { width: 3, height: 4 },
        calm,
        { query: inFleet('recommendation').select('last', 'open').byTime(), alias: 'open' },
      ),
    )
    .withPanel(
      appPanel(
        { title: 'Fleet map', description: 'Every host, coloured by its load; hatched where data is stale.' },
        'evenkeel-fleetmap-panel',
        { width: 14, height: 10 },
        { measure: 'cpu', legend: true },
      ),
    )
    .withPanel(
      appPanel(
        {
          title: 'What to move',
          description: 'Recommendations, with the button for those who may press it.',
        },
        'evenkeel-migrate-panel',
        { width: 10, height: 10 },
        { show: 'recommendations', most: 10 },
      ),
    );
  return built
    .withPanel(
      rows(
        {
          title: 'Hottest hosts',
          description: 'By CPU load now; limits are those of the policy by default.',
        },
        { width: 12, height: 8 },
        nowInFleet('host')
          .select('last', 'cpu')
          .select('last', 'mem')
          .select('last', 'net')
          .select('last', 'disk')
          .select('last', 'pressure')
          .by('host'),
        [
          column('Time', hidden),
          column('host', linked('Host dashboard', hostBoard), linked('Host page', hostPage)),
          ...dimensions.map((dimension) =>
            column(
              dimension,
              unit('percentunit'),
              { id: 'custom.cellOptions', value: { type: 'gauge', mode: 'basic', valueDisplayMode: 'text' } },
              { id: 'min', value: 0 },
              { id: 'max', value: 1 },
              {
                id: 'thresholds',
                value: {
                  mode: 'absolute',
                  steps: [
                    { value: null, color: 'green' },
                    { value: defaultPolicy.loadMax[dimension] - 0.1, color: 'orange' },
                    { value: defaultPolicy.loadMax[dimension], color: 'red' },
                  ],
                },
              },
            ),
          ),
          column('pressure', unit('percentunit')),
        ],
        'cpu',
      ),
    )
    .withPanel(
      rows(
        {
          title: 'VMs about to change class',
          description: 'Announced at the precision that the policy asks for.',
        },
        { width: 12, height: 8 },
        nowInFleet('finding', '1m')
          .whereNot('vm', '')
          .select('last', 'class_change', 'severity')
          .raw('message')
          .by('vm', 'host'),
        [
          column('Time', width(170)),
          column('vm', width(150), linked('VM dashboard', vmBoard)),
          column('host', width(110), linked('Host page', hostPage)),
          column('severity', width(90), leveled),
        ],
        'severity',
      ),
    )
    .withPanel(hostList('hotspot', 'Hot spots', 'Over the limit now, worst first on the app page.'))
    .withPanel(hostList('hotspot-predicted', 'Hot within the horizon', 'Not hot yet.'))
    .withPanel(hostList('abrupt-load', 'Abrupt load', 'Jumped faster than was forecast.'))
    .withPanel(hostList('stale', 'Stale hosts', 'No fresh data: nothing is planned on or onto them.'))
    .withPanel(
      shares(
        { title: 'Load of the fleet', description: 'Mean over the hosts that answer.' },
        { width: 12, height: 8 },
        [],
        ...dimensions.map((dimension) => ({
          query: inFleet('host').select('mean', dimension).byTime(),
          alias: dimension,
        })),
      ),
    )
    .withPanel(
      lines(
        { title: 'Findings', description: 'How many were true at a time.' },
        'none',
        { width: 12, height: 8 },
        ...(['hotspot', 'hotspot-predicted', 'abrupt-load', 'stale', 'class-change'] as const).map(
          (kind) => ({
            query: inFleet('finding')
              .select('max', `${findingLevel(kind)}_count`, 'count')
              .byTime(),
            alias: kind,
          }),
        ),
      ),
    )
    .description(`What the NOC watches. The app's pages are at ${app}.`);
};
