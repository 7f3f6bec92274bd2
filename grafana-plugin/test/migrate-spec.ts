import { expect, type Page } from '@playwright/test';
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  appUrl,
  openHome,
  postApi,
  readApi,
  signIn,
  type ConsoleHost,
  type Home,
} from './console-in-browser.ts';

type Vm = { uuid: string; name: string; host: string; memory: { maximumBytes: number } };
type Target = { host: string };

/** The button, from the checks to each way a move can end, or to the verified end alone. */
export function describeMigrating(host: ConsoleHost, { everyEnd = true } = {}): void {
  void describe(`migrating in ${host}`, () => {
    let home: Home;
    before(async () => {
      home = await openHome({ host });
      // Nothing is advised, nor any target named, before a few samples are there.
      const { context, page } = await signIn(home);
      const [first] = (await readApi<{ items: Vm[] }>(page, home, 'vms?limit=1')).items;
      await expect
        .poll(
          async () =>
            (await readApi<{ items: Target[] }>(page, home, `vms/${first!.uuid}/targets`)).items.length,
          { timeout: 90_000 },
        )
        .toBeGreaterThan(0);
      await context.close();
    });
    after(async () => {
      await home[Symbol.asyncDispose]();
    });

    const taken = new Set<string>();

    /** A VM that some host can take, and that no earlier test has moved. */
    async function movable(page: Page, largest: boolean): Promise<{ vm: Vm; to: string }> {
      const { items } = await readApi<{ items: Vm[] }>(page, home, 'vms?limit=100');
      const sign = largest ? -1 : 1;
      items.sort((a, b) => sign * (a.memory.maximumBytes - b.memory.maximumBytes));
      for (const vm of items) {
        if (taken.has(vm.uuid)) continue;
        const [best] = (await readApi<{ items: Target[] }>(page, home, `vms/${vm.uuid}/targets?limit=1`))
          .items;
        if (best === undefined) continue;
        taken.add(vm.uuid);
        return { vm, to: best.host };
      }
      throw new Error('no VM of the simulated fleet can be moved');
    }

    async function openDrawer(page: Page, vm: Vm): Promise<void> {
      await page.goto(appUrl(home, `vms/${vm.uuid}`));
      await page.getByRole('button', { name: 'Migrate', exact: true }).click({ timeout: 30_000 });
      await expect(page.getByTestId('evenkeel-preflight').getByText(/checks? passed/)).toBeVisible({
        timeout: 30_000,
      });
      const name = page.getByLabel(/This move is risky/);
      if (await name.isVisible()) await name.fill(vm.name);
    }

    const start = async (page: Page): Promise<void> =>
      page.getByRole('dialog').getByRole('button', { name: 'Migrate', exact: true }).click();
    const migration = (page: Page) => page.getByTestId('evenkeel-migration').first();

    test(
      'from the checks to the verified end: the VM runs on the target, forecast beside fact',
      { timeout: 180_000 },
      async () => {
        const { context, errors, page } = await signIn(home);
        const { vm } = await movable(page, false);
        await openDrawer(page, vm);
        await expect(page.getByRole('region', { name: 'Forecast' })).toBeVisible();
        await start(page);
        await expect(migration(page)).toHaveAttribute('data-stage', 'done', { timeout: 120_000 });
        await expect(page.getByRole('region', { name: 'What it took' })).toContainText('forecast');
        // The inventory follows libvirt's own event, a moment after the controller has verified the move.
        const runsOn = async (): Promise<string> => (await readApi<Vm>(page, home, `vms/${vm.uuid}`)).host;
        await expect.poll(runsOn, { timeout: 30_000 }).not.toBe(vm.host);
        await page.goto(appUrl(home, 'migrations'));
        await expect(
          page.getByRole('row').filter({ hasText: vm.name }).getByText('done').first(),
        ).toBeVisible({
          timeout: 30_000,
        });
        assert.deepEqual(errors, []);
        await context.close();
      },
    );

    if (!everyEnd) return;

    test('an abort leaves the VM where it was', { timeout: 180_000 }, async () => {
      const { context, page } = await signIn(home);
      const { vm } = await movable(page, true);
      await openDrawer(page, vm);
      await start(page);
      await page.getByRole('button', { name: 'Abort' }).click({ timeout: 30_000 });
      await expect(migration(page)).toHaveAttribute('data-stage', 'aborted', { timeout: 120_000 });
      assert.equal((await readApi<Vm>(page, home, `vms/${vm.uuid}`)).host, vm.host);
      await context.close();
    });

    test('a drawer whose VM has moved meanwhile is refused in words', { timeout: 180_000 }, async () => {
      const { context, page } = await signIn(home);
      const { vm, to } = await movable(page, false);
      await openDrawer(page, vm);
      const other = await postApi(page, home, 'migrations', { uuid: vm.uuid, to });
      assert.equal(other.status(), 202, await other.text());
      await start(page);
      await expect(page.getByRole('alert').getByText(/Refused/)).toBeVisible({ timeout: 30_000 });
      await context.close();
    });

    test(
      'a lost connection in the middle is said, and the page catches up by itself',
      { timeout: 180_000 },
      async () => {
        const { context, page } = await signIn(home);
        const { vm } = await movable(page, true);
        await openDrawer(page, vm);
        await start(page);
        await expect(migration(page)).toBeVisible({ timeout: 30_000 });
        await context.setOffline(true);
        await expect(page.getByText(/Connection lost/)).toBeVisible({ timeout: 60_000 });
        await context.setOffline(false);
        await expect(migration(page)).toHaveAttribute('data-stage', 'done', { timeout: 150_000 });
        await expect(page.getByText(/Connection lost/)).toHaveCount(0);
        await context.close();
      },
    );
  });
}
