import type { Finding } from '../fleet/finding.ts';
import { agoCell, stateCell } from './cells.ts';
import { CollectorClient, collectorOptions, collectorUsage } from './collector-client.ts';
import { type Command, exitCodes } from './command.ts';
import { readOptions, readPositionals } from './options.ts';
import { hasColours, printable } from './style.ts';
import { table } from './table.ts';

export const findingsCommand: Command = {
  name: 'findings',
  summary: 'what is judged true now, the most severe first',
  usage: `evenkeel findings [--kind KIND] [--past]

  --kind KIND        e.g. hotspot, abrupt-load, stale
  --past             what has ended in the last day instead
${collectorUsage}`,
  run: async (args, io) => {
    const { values, positionals } = readOptions(args, {
      ...collectorOptions,
      kind: { type: 'string' },
      past: { type: 'boolean' },
    });
    readPositionals(positionals, []);
    const findings = await new CollectorClient(values, io).all<Finding>('/findings', {
      kind: values.kind,
      past: values.past,
    });
    if (values.json) {
      io.stdout.write(JSON.stringify(findings, null, 2) + '\n');
      return exitCodes.ok;
    }
    if (findings.length === 0) {
      io.stdout.write('Nothing is out of the ordinary.\n');
      return exitCodes.ok;
    }
    const colours = hasColours(io.stdout, io.env);
    const columns = [
      { title: 'SEVERITY', value: (finding: Finding) => stateCell(finding.severity, colours) },
      { title: 'KIND', value: (finding: Finding) => finding.kind },
      { title: 'SINCE', align: 'right', value: (finding: Finding) => agoCell(finding.since, io) } as const,
      { title: 'WHAT', value: (finding: Finding) => printable(finding.message) },
    ];
    io.stdout.write(table(columns, findings));
    return exitCodes.ok;
  },
};
