import type { HostView } from '../api/views.ts';
import { agoCell, percentCell, stateCell } from './cells.ts';
import { CollectorClient, collectorOptions, collectorUsage } from './collector-client.ts';
import { type Command, exitCodes } from './command.ts';
import { readOptions, readPositionals } from './options.ts';
import { hasColours, printable } from './style.ts';
import { table } from './table.ts';

export const hostsCommand: Command = {
  name: 'hosts',
  summary: 'the hosts, their load and what is special about them',
  usage: `evenkeel hosts [--state STATE] [--sort FIELD]

  --state STATE      hot, hot-soon, abrupt, cold, stale, suspect, draining or off
  --sort FIELD       name (default), vms, cpu, mem, net, disk or pressure; loads from high to low
${collectorUsage}`,
  run: async (args, io) => {
    const { values, positionals } = readOptions(args, {
      ...collectorOptions,
      state: { type: 'string' },
      sort: { type: 'string', default: 'name' },
    });
    readPositionals(positionals, []);
    const hosts = await new CollectorClient(values, io).all<HostView>('/hosts', {
      state: values.state,
      sort: values.sort,
      order: values.sort === 'name' ? 'asc' : 'desc',
    });
    if (values.json) {
      io.stdout.write(JSON.stringify(hosts, null, 2) + '\n');
      return exitCodes.ok;
    }
    const colours = hasColours(io.stdout, io.env);
    const share = (title: string, of: (host: HostView) => number | null) =>
      ({ title, align: 'right', value: (host: HostView) => percentCell(of(host)) }) as const;
    const columns = [
      { title: 'HOST', value: (host: HostView) => printable(host.name) },
      share('CPU', (host) => host.load.cpu),
      share('MEM', (host) => host.load.mem),
      share('NET', (host) => host.load.net),
      share('WAIT', (host) => host.pressure),
      { title: 'VMS', align: 'right', value: (host: HostView) => String(host.vmCount) } as const,
      share('CPU AHEAD', (host) => host.forecast.load.cpu),
      { title: 'READ', align: 'right', value: (host: HostView) => agoCell(host.sampledAt, io) } as const,
      {
        title: 'STATE',
        value: (host: HostView) => host.states.map((state) => stateCell(state, colours)).join(' '),
      },
    ];
    io.stdout.write(table(columns, hosts));
    return exitCodes.ok;
  },
};
