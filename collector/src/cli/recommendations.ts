import type { Recommendation } from '../fleet/recommendation.ts';
import { agoCell, bytesCell, secondsCell } from './cells.ts';
import { CollectorClient, collectorOptions, collectorUsage } from './collector-client.ts';
import { type Command, type CommandIo, exitCodes } from './command.ts';
import { readOptions, readPositionals } from './options.ts';
import { hasColours, paint, printable } from './style.ts';

export const recommendationsCommand: Command = {
  name: 'recommendations',
  summary: 'what is advised now, and why',
  usage: `evenkeel recommendations

${collectorUsage}`,
  run: async (args, io) => {
    const { values, positionals } = readOptions(args, collectorOptions);
    readPositionals(positionals, []);
    const found = await new CollectorClient(values, io).all<Recommendation>('/recommendations', {});
    if (values.json) io.stdout.write(JSON.stringify(found, null, 2) + '\n');
    else if (found.length === 0) io.stdout.write('Nothing needs to be moved.\n');
    else io.stdout.write(found.map((one) => inWords(one, io)).join('\n'));
    return exitCodes.ok;
  },
};

function inWords(one: Recommendation, io: CommandIo): string {
  const strong = (text: string): string => paint(text, 'bold', hasColours(io.stdout, io.env));
  const { bytes, seconds, downtimeSeconds } = one.cost;
  return [
    `${strong(`${one.kind}, priority ${one.priority}`)}  ${one.id}  (expires ${agoCell(one.expiresAt, io)})`,
    `  ${printable(one.reason)}`,
    ...one.power
      .filter(({ action }) => action === 'switch-on')
      .map(({ host }) => `  switch on ${printable(host)}`),
    ...one.moves.map(
      (move) =>
        `  ${printable(move.vm)}: ${printable(move.from)} -> ${printable(move.to)}, about ` +
        `${secondsCell(move.forecast.seconds.value)}, standing still ${secondsCell(move.forecast.downtimeSeconds.value)}`,
    ),
    ...one.power
      .filter(({ action }) => action === 'switch-off')
      .map(({ host }) => `  switch off ${printable(host)}`),
    `  cost: ${bytesCell(bytes)} over the wire, ${secondsCell(seconds)}, at most ${secondsCell(downtimeSeconds)} standstill of a VM`,
    `  if ignored: ${printable(one.ifIgnored)}`,
    '',
  ].join('\n');
}
