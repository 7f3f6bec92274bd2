import type { VmView } from '../api/views.ts';
import { agoCell, bytesCell, percentCell, stateCell } from './cells.ts';
import { CollectorClient, collectorOptions, collectorUsage } from './collector-client.ts';
import { type Command, exitCodes } from './command.ts';
import { readOptions, readPositionals } from './options.ts';
import { startProgress } from './progress.ts';
import { hasColours, printable } from './style.ts';
import { table } from './table.ts';

export const vmsCommand: Command = {
  name: 'vms',
  summary: 'the VMs, their load, their class and the class they are about to have',
  usage: `evenkeel vms [--host HOST] [--class CLASS] [--sort FIELD] [--search TEXT]

  --host HOST        only those on this host
  --class CLASS      low, medium, high or unknown
  --sort FIELD       name (default), host, cpu, mem, net, disk or pressure; loads from high to low
  --search TEXT      part of the name, or the start of the uuid
${collectorUsage}`,
  run: async (args, io) => {
    const { values, positionals } = readOptions(args, {
      ...collectorOptions,
      host: { type: 'string' },
      class: { type: 'string' },
      search: { type: 'string' },
      sort: { type: 'string', default: 'name' },
    });
    readPositionals(positionals, []);
    const progress = startProgress(io);
    progress.update('reading the VMs');
    const vms = await new CollectorClient(values, io)
      .all<VmView>('/vms', {
        host: values.host,
        class: values.class,
        q: values.search,
        sort: values.sort,
        order: ['name', 'host'].includes(values.sort) ? 'asc' : 'desc',
      })
      .finally(() => {
        progress.end();
      });
    if (values.json) {
      io.stdout.write(JSON.stringify(vms, null, 2) + '\n');
      return exitCodes.ok;
    }
    const colours = hasColours(io.stdout, io.env);
    const share = (title: string, of: (vm: VmView) => number | null) =>
      ({ title, align: 'right', value: (vm: VmView) => percentCell(of(vm)) }) as const;
    const columns = [
      { title: 'VM', value: (vm: VmView) => printable(vm.name) },
      { title: 'HOST', value: (vm: VmView) => printable(vm.host) },
      {
        title: 'STATE',
        value: (vm: VmView) => (vm.freshness === 'fresh' ? vm.state : stateCell('stale', colours)),
      },
      { title: 'VCPUS', align: 'right', value: (vm: VmView) => String(vm.vcpus) } as const,
      { title: 'MEMORY', align: 'right', value: (vm: VmView) => bytesCell(vm.memory.currentBytes) } as const,
      share('CPU', (vm) => vm.load.cpu),
      share('MEM', (vm) => vm.load.mem),
      share('WAIT', (vm) => vm.pressure),
      { title: 'CLASS', value: (vm: VmView) => stateCell(vm.loadClass ?? 'unknown', colours) },
      {
        title: 'NEXT',
        value: ({ classChange }: VmView) =>
          classChange?.announced === true
            ? `${stateCell(classChange.to, colours)} ${agoCell(classChange.when, io)} (${percentCell(classChange.probability)})`
            : '',
      },
    ];
    io.stdout.write(table(columns, vms));
    return exitCodes.ok;
  },
};
