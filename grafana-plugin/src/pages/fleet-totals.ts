import type { Total } from '../components/totals.tsx';
import { bytes, count } from '../components/words.ts';
import type { Summary } from '../data/api.ts';
import { appPath } from '../plugin-id.ts';

const labels = [
  'Hosts on',
  'VMs',
  'Hot now',
  'Hot soon',
  'Findings',
  'Advice',
  'Moves today',
  'Power',
] as const;

/** The wall's headline. The places stand before the figures come, so that nothing jumps. */
export function fleetTotals(summary: Summary | undefined): Total[] {
  if (summary === undefined) return labels.map((label) => ({ label, value: '–' }));
  const { hosts, vms, findings, migrations } = summary;
  const { classes } = vms;
  const hot = hosts.states.hot + hosts.states.abrupt;
  const off = hosts.total - hosts.on;
  return [
    {
      label: 'Hosts on',
      value: `${String(hosts.on)} of ${String(hosts.total)}`,
      detail: hosts.states.stale > 0 ? `${String(hosts.states.stale)} without fresh data` : 'all data fresh',
      tone: hosts.states.stale > 0 ? 'warning' : 'normal',
    },
    {
      label: 'VMs',
      value: vms.total.toLocaleString('en'),
      detail: `${String(classes.low)} low, ${String(classes.medium)} medium, ${String(classes.high)} high`,
    },
    { label: 'Hot now', value: String(hot), tone: hot > 0 ? 'error' : 'normal', to: `${appPath}/findings` },
    {
      label: 'Hot soon',
      value: String(hosts.states['hot-soon']),
      detail: `${count(vms.classChanges, 'VM', 'VMs')} about to change class`,
      tone: hosts.states['hot-soon'] > 0 ? 'warning' : 'normal',
    },
    {
      label: 'Findings',
      value: String(findings.critical + findings.warning + findings.info),
      detail: `${String(findings.critical)} critical`,
      to: `${appPath}/findings`,
      tone: findings.critical > 0 ? 'error' : 'normal',
    },
    { label: 'Advice', value: String(summary.recommendations), to: `${appPath}/recommendations` },
    {
      label: 'Moves today',
      value: String(migrations.doneToday),
      detail: `${String(migrations.active)} under way, ${String(migrations.failedToday)} failed`,
      to: `${appPath}/migrations`,
      tone: migrations.failedToday > 0 ? 'warning' : 'normal',
    },
    {
      label: 'Power',
      value: summary.watts === null ? 'not known' : kilowatts(summary.watts),
      detail:
        off === 0
          ? `${bytes(summary.memBytes)} given to VMs`
          : summary.savedWatts === null
            ? `${count(off, 'host', 'hosts')} off`
            : `${count(off, 'host', 'hosts')} off save ≈ ${kilowatts(summary.savedWatts)} (estimate)`,
    },
  ];
}

const kilowatts = (watts: number): string => `${(watts / 1000).toFixed(1)} kW`;
