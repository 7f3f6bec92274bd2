// A lab by hand: node lab/src/up.ts [--hosts N] [--vms N] [--tls] [--cpu-cap PERCENT] [--host-memory MIB]
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { startLab } from './lab.ts';

const { values } = parseArgs({
  options: {
    hosts: { type: 'string', default: '2' },
    vms: { type: 'string', default: '2' },
    tls: { type: 'boolean', default: false },
    'cpu-cap': { type: 'string' },
    'host-memory': { type: 'string' },
  },
});
const cpuCap = values['cpu-cap'];
const hostMemory = values['host-memory'];
await using lab = await startLab({
  hosts: Number(values.hosts),
  vmsPerHost: Number(values.vms),
  tls: values.tls,
  ...(cpuCap === undefined ? {} : { cpuCap: Number(cpuCap) }),
  ...(hostMemory === undefined ? {} : { hostMemoryMiB: Number(hostMemory) }),
});
for (const host of lab.hosts)
  process.stdout.write(`${host.name}\n  ${Object.values(host.uris).join('\n  ')}\n`);
process.stdout.write(
  `guests: ${lab.vms.map((vm) => `${vm} ${lab.vmAddress(vm)}`).join(', ')}\nCtrl-C ends the lab.\n`,
);
const forever = setInterval(() => undefined, 1 << 30);
await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
clearInterval(forever);
