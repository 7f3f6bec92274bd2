// Simulated hosts for the libvirt benchmark, in a process of their own so that their cost is not the client's.
//   node bench/src/libvirt-hosts.ts VMS FIELDS       prints the port once it listens
// Every connection is a host of its own; what it answers is encoded anew for each call.
import { createServer, type AddressInfo } from 'node:net';
import {
  authList,
  connectClose,
  connectGetAllDomainStats,
  connectGetUri,
  connectOpen,
  connectSupportsFeature,
} from '@evenkeel/libvirt';
import { CallTable, ServerConnection } from '@evenkeel/libvirt/server';
import { wideRecord, narrowRecord } from './libvirt-records.ts';

const [vms = '30', fields = '41'] = process.argv.slice(2);
const record = fields === '107' ? wideRecord : narrowRecord;
const retStats = Array.from({ length: Number(vms) }, (_, index) => record(index));

const table = new CallTable()
  .answer(authList, () => ({ types: [0] }))
  .answer(connectSupportsFeature, ({ feature }) => ({ supported: feature === 10 }))
  .answer(connectOpen, () => undefined)
  .answer(connectClose, () => undefined)
  .answer(connectGetUri, () => ({ uri: 'qemu:///system' }))
  .answer(connectGetAllDomainStats, () => ({ retStats }));

const server = createServer((socket) => {
  socket.setNoDelay(true);
  new ServerConnection(socket, table);
});
server.listen({ port: 0, host: '127.0.0.1', backlog: 1024 }, () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
});
process.on('disconnect', () => process.exit(0));
