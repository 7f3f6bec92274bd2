import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { Drain } from '../fleet/drain.ts';
import { CollectorClient, collectorOptions, collectorUsage } from './collector-client.ts';
import { type Command, type CommandIo, exitCodes, UsageError } from './command.ts';
import { readOptions, readPositionals } from './options.ts';
import { startProgress } from './progress.ts';
import { printable } from './style.ts';

const lookEveryMs = 500;
const actions = ['pause', 'resume', 'cancel'] as const;

export const drainCommand: Command = {
  name: 'drain',
  summary: 'empty a host, wave by wave, and watch it',
  usage: `evenkeel drain HOST [--dry-run] [--reason TEXT]
evenkeel drain --pause ID | --resume ID | --cancel ID

  --dry-run          the plan, and what would stay and why; changes nothing
  --reason TEXT      for the audit log
  --detach           do not watch
  --pause ID         running moves finish, no further one starts
  --resume ID        go on; a stopped drain makes a new plan
  --cancel ID        withdraw what has not begun; also puts an emptied host back in service
${collectorUsage}`,
  run: async (args, io) => {
    const { values, positionals } = readOptions(args, {
      ...collectorOptions,
      reason: { type: 'string' },
      'dry-run': { type: 'boolean' },
      detach: { type: 'boolean' },
      pause: { type: 'string' },
      resume: { type: 'string' },
      cancel: { type: 'string' },
    });
    const client = new CollectorClient(values, io);
    const say = (drain: Drain): void => {
      io.stdout.write(values.json === true ? `${JSON.stringify(drain, null, 2)}\n` : `${drainText(drain)}\n`);
    };
    for (const action of actions) {
      const id = values[action];
      if (id === undefined) continue;
      readPositionals(positionals, []);
      say(await client.post<Drain>(`/drains/${encodeURIComponent(id)}/${action}`, {}));
      return exitCodes.ok;
    }
    if (positionals.length === 0) throw new UsageError('HOST is missing');
    const [host] = readPositionals(positionals, ['HOST']);
    const request = { host, ...(values.reason === undefined ? {} : { reason: values.reason }) };
    if (values['dry-run'] === true) {
      say(await client.post<Drain>('/drains/preview', request));
      return exitCodes.ok;
    }
    const begun = await client.post<Drain>('/drains', request, randomUUID());
    if (values.detach === true) {
      say(begun);
      return exitCodes.ok;
    }
    const ended = await follow(client, begun, io);
    say(ended);
    return ended.state === 'done' ? exitCodes.ok : exitCodes.failed;
  },
};

const follow = async (client: CollectorClient, first: Drain, io: CommandIo): Promise<Drain> => {
  const progress = startProgress(io);
  let drain = first;
  try {
    while (drain.endedAt === null) {
      const text = `${drain.host ?? 'the plan'}: ${drain.state}, wave ${Math.min(drain.wave + 1, drain.waves)} of ${drain.waves}`;
      progress.update(printable(text), drain.wave, Math.max(drain.waves, 1));
      await setTimeout(lookEveryMs, undefined, { signal: io.signal });
      drain = await client.get<Drain>(`/drains/${encodeURIComponent(drain.id)}`);
    }
    return drain;
  } catch (error) {
    if (io.signal.aborted)
      throw new Error(
        `no longer watching; the drain goes on. To end it: evenkeel drain --cancel ${drain.id}`,
        {
          cause: error,
        },
      );
    throw error;
  } finally {
    progress.end();
  }
};

const drainText = ({ id, host, state, cause, moves, waves, stays }: Drain): string =>
  [
    `${host ?? 'recommendation'}: ${state}${cause === null ? '' : ` (${cause})`}; drain ${id}`,
    ...(moves.length === 0 ? ['  nothing to move'] : []),
    ...moves.map(
      ({ vm, to, wave, forecast }) =>
        `  wave ${wave + 1} of ${waves}: ${vm} to ${to}, about ${forecast.seconds.value.toFixed(1)} s`,
    ),
    ...stays.map(({ vm, reason }) => `  stays: ${vm}: ${reason}`),
  ]
    .map(printable)
    .join('\n');
