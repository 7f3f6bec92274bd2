import assert from 'node:assert/strict';
import { it } from 'node:test';
import { startLab } from '@evenkeel/lab';
import { actInLab, ada, addressesOf } from './act-in-lab.ts';

it(
  'migrates over TLS where the policy requires it, and refuses hosts that do not offer it',
  { timeout: 300_000 },
  async (t) => {
    const lab = await startLab({ hosts: 2, tls: true });
    t.after(() => lab.down());
    await lab.addVm('h1', { name: 'web' });
    const addresses = addressesOf(lab);
    for (const [name, address] of addresses)
      addresses.set(name, { ...address, migrationUri: `qemu+tls://${lab.host(name).address}/system` });
    const act = await actInLab(addresses);
    t.after(() => act.close());
    act.fleet.change.policy = {
      ...act.fleet.change.policy,
      migration: { ...act.fleet.change.policy.migration, requireTls: true },
    };
    const uuid = (await lab.virsh('h1', 'domuuid', 'web')).trim();

    const refused = await act.controller.migrations.preflight({ uuid, to: 'h2' }, ada);
    assert.equal(refused.allowed, false);
    assert.deepEqual(
      refused.checks.filter(({ outcome }) => outcome === 'failed').map(({ check }) => check),
      ['constraint-tls-missing'],
    );

    for (const name of ['h1', 'h2'])
      act.fleet.change.hosts.set(name, { features: ['tls-migration', 'post-copy'] });
    await act.fleet.refresh();
    const { id } = await act.controller.migrations.request({ uuid, to: 'h2' }, ada, null);
    const ended = await act.ended(id);
    assert.equal(ended.stage, 'done', JSON.stringify(ended.error));
    assert.equal(ended.runsOn, 'h2');
  },
);
