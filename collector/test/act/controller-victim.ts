/**
 * A collector's controller in a process of its own, to be killed at a checkpoint:
 * node controller-victim.ts JOURNAL ADDRESSES-JSON REQUEST-JSON CHECKPOINT [ABORT-AT]
 */
import { createController } from '../../src/act/create-controller.ts';
import type { HostAddress } from '../../src/act/libvirt-hypervisor.ts';
import { libvirtHypervisor } from '../../src/act/libvirt-hypervisor.ts';
import type { MigrationRequest } from '../../src/fleet/migration-request.ts';
import { openJournal } from '../../src/journal/journal.ts';
import { ada } from './act-in-lab.ts';
import { fleetOfLab } from './fleet-of-lab.ts';

const [journalFile, addressesJson, requestJson, doom, abortAt] = process.argv.slice(2);
const addresses = new Map(JSON.parse(addressesJson!) as [string, HostAddress][]);
const fleet = await fleetOfLab(new Map([...addresses].map(([name, { uri }]) => [name, uri])));
fleet.change.policy = {
  ...fleet.change.policy,
  migration: { ...fleet.change.policy.migration, allowPostCopy: true },
};
const controller = createController({
  journal: await openJournal(journalFile!),
  hypervisor: libvirtHypervisor((host) => addresses.get(host) ?? null),
  fleet,
  checkpoint: async (name) => {
    if (name === abortAt)
      void controller.migrations
        .list({ limit: 1, offset: 0 })
        .then(async ({ items }) => controller.migrations.abort(items[0]!.id, null, ada));
    if (name !== doom) return;
    process.kill(process.pid, 'SIGKILL');
    await new Promise(() => undefined);
  },
});
await controller.start();
await controller.migrations.request(JSON.parse(requestJson!) as MigrationRequest, ada, 'the-key');
controller.subscribe((event) => {
  if (event.type === 'migration' && ['done', 'failed', 'aborted'].includes(event.migration.stage)) {
    // The last checkpoint comes after the end was told.
    setTimeout(() => process.exit(3), 3000);
  }
});
