import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Lab } from '@evenkeel/lab';
import { createController, type ControllerParts } from '../../src/act/create-controller.ts';
import type { Controller } from '../../src/act/controller.ts';
import { libvirtHypervisor, type HostAddress } from '../../src/act/libvirt-hypervisor.ts';
import type { Actor } from '../../src/fleet/actor.ts';
import type { Migration } from '../../src/fleet/migration.ts';
import { openJournal, type Journal } from '../../src/journal/journal.ts';
import { fleetOfLab, type FleetOfLab } from './fleet-of-lab.ts';

export const ada: Actor = { name: 'ada', role: 'admin', via: 'token', address: '192.0.2.7' };

export const addressesOf = (lab: Lab): Map<string, HostAddress> =>
  new Map(
    lab.hosts.map((host) => [
      host.name,
      // The socket file stays reachable when the host's link is cut.
      { uri: host.uris.unix, migrationUri: host.uris.tcp, dataUri: `tcp://${host.address}` },
    ]),
  );

export type ActInLab = {
  readonly controller: Controller;
  readonly journal: Journal;
  readonly journalFile: string;
  readonly fleet: FleetOfLab;
  readonly ended: (id: string, timeoutMs?: number) => Promise<Migration>;
  /** Resolves at the first event for which the question is true. */
  readonly seen: (
    id: string,
    question: (migration: Migration) => boolean,
    timeoutMs?: number,
  ) => Promise<Migration>;
  readonly close: () => Promise<void>;
};

export const actInLab = async (
  addresses: ReadonlyMap<string, HostAddress>,
  more: Partial<ControllerParts> & { readonly journalFile?: string } = {},
): Promise<ActInLab> => {
  const folder = mkdtempSync(join(tmpdir(), 'act-'));
  const journalFile = more.journalFile ?? join(folder, 'journal.sqlite');
  const journal = await openJournal(journalFile);
  const hypervisor = libvirtHypervisor((host) => addresses.get(host) ?? null);
  const fleet = await fleetOfLab(new Map([...addresses].map(([name, { uri }]) => [name, uri])));
  const controller = createController({ journal, hypervisor, fleet, ...more });
  await controller.start();
  const seen: ActInLab['seen'] = (id, question, timeoutMs = 180_000) =>
    new Promise((resolve, reject) => {
      const done = (migration: Migration) => {
        clearTimeout(timer);
        unsubscribe();
        resolve(migration);
      };
      const unsubscribe = controller.subscribe((event) => {
        if (event.type === 'migration' && event.migration.id === id && question(event.migration))
          done(event.migration);
      });
      const timer = setTimeout(() => {
        unsubscribe();
        void controller.migrations.get(id).then((last) => {
          reject(new Error(`waited ${timeoutMs} ms in vain; the migration is ${JSON.stringify(last)}`));
        });
      }, timeoutMs);
      void controller.migrations.get(id).then((now) => {
        if (now !== null && question(now)) done(now);
      });
    });
  return {
    controller,
    journal,
    journalFile,
    fleet,
    seen,
    ended: (id, timeoutMs) =>
      seen(id, ({ stage }) => ['done', 'failed', 'aborted'].includes(stage), timeoutMs),
    close: async () => {
      await controller.stop();
      hypervisor.close();
      fleet.close();
      await journal.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
