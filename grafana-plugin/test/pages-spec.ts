import AxeBuilder from '@axe-core/playwright';
import { expect } from '@playwright/test';
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  appUrl,
  openHome,
  openPanel,
  readApi,
  signIn,
  type ConsoleHost,
  type Home,
} from './console-in-browser.ts';

type Named = { items: { name: string; uuid: string }[] };

/** Each page, with something that is only there when it has its data. */
const pages = [
  { name: 'fleet', path: 'fleet', shows: /^\d+ of \d+$/ },
  { name: 'recommendations', path: 'recommendations', shows: /loadMax for CPU/ },
  { name: 'migrations', path: 'migrations', shows: /forecast/i },
  { name: 'findings', path: 'findings', shows: /True now/ },
];

/** The console lets a test look at what Grafana keeps to itself: a panel without a dashboard, the loader. */
const inGrafana = process.env.GRAFANA_URL !== undefined && 'only the console shows this';

const versions = {
  console: { react: /^18\./, grafana: /^12\.4\./ },
  'console-grafana-13': { react: /^19\./, grafana: /^13\.2\./ },
};

type ConsoleWindow = {
  System: { get: (id: string) => { version: string } };
  grafanaBootData: { settings: { buildInfo: { version: string } } };
};

/** What holds of every page, in any Grafana that the app says it runs on. */
export function describePages(host: ConsoleHost): void {
  void describe(`pages in ${host}`, () => {
    let home: Home;
    before(async () => {
      home = await openHome({ host });
    });
    after(async () => {
      await home[Symbol.asyncDispose]();
    });

    for (const { name, path, shows } of pages) {
      for (const colorScheme of host === 'console' ? (['dark', 'light'] as const) : (['dark'] as const)) {
        test(
          `${name}, ${colorScheme}: shows its data, complains of nothing, can be used by everyone`,
          { timeout: 90_000 },
          async () => {
            const { context, errors, page } = await signIn(home, { colorScheme });
            await page.goto(appUrl(home, path));
            await expect(page.getByText(shows).first()).toBeVisible({ timeout: 30_000 });
            await expect(page.getByText('live', { exact: true })).toBeVisible({ timeout: 30_000 });
            const { violations } = await new AxeBuilder({ page }).analyze();
            const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
            assert.deepEqual(
              grave.map(
                ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`,
              ),
              [],
            );
            assert.deepEqual(errors, []);
            await context.close();
          },
        );
      }
    }

    test(
      'a host’s page shows its load, its VMs and what was found; a VM’s page the best targets',
      { timeout: 90_000 },
      async () => {
        const { context, errors, page } = await signIn(home);
        const [host] = (await readApi<Named>(page, home, 'hosts?sort=vms&order=desc&limit=1')).items;
        assert.ok(host !== undefined);
        await page.goto(appUrl(home, `hosts/${host.name}`));
        await expect(page.getByRole('heading', { name: host.name })).toBeVisible({ timeout: 30_000 });
        await expect(page.getByRole('img', { name: /^CPU: now/ })).toBeVisible({ timeout: 30_000 });
        const table = page.getByRole('table', { name: 'VMs' });
        await expect(table.getByRole('row').nth(1)).toBeVisible();
        const first = table.getByRole('row').nth(1).getByRole('link');
        const vm = (await first.textContent()) ?? '';
        await first.click();
        await expect(page.getByRole('heading', { name: vm })).toBeVisible();
        await expect(
          page.getByRole('region', { name: 'Best targets' }).getByRole('listitem').first(),
        ).toBeVisible({ timeout: 30_000 });
        assert.deepEqual(errors, []);
        await context.close();
      },
    );

    test('the wall is reached and walked by keyboard', { timeout: 60_000 }, async () => {
      const { context, page } = await signIn(home);
      await page.goto(appUrl(home, 'fleet'));
      const wall = page.getByTestId('evenkeel-wall');
      await expect(wall).toBeVisible({ timeout: 30_000 });
      await wall.focus();
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('Enter');
      await expect(page).toHaveURL(/\/hosts\/host-\d+$/);
      await context.close();
    });

    test('a link with a time range shows that time to who opens it', { timeout: 60_000 }, async () => {
      const { context, page } = await signIn(home);
      await page.goto(appUrl(home, 'findings?from=now-6h&to=now'));
      await expect(page.getByTestId(home.selectors.TimePicker.openButton)).toContainText('Last 6 hours', {
        timeout: 30_000,
      });
      await context.close();
    });

    test('what is not there is said, with what to do', { timeout: 60_000 }, async () => {
      const { context, page } = await signIn(home);
      await page.goto(appUrl(home, 'hosts/no-such-host'));
      await expect(page.getByRole('alert').getByText(/Could not load host no-such-host/)).toBeVisible({
        timeout: 30_000,
      });
      await expect(page.getByRole('button', { name: 'Try again' }).first()).toBeVisible();
      await context.close();
    });

    test('both panels work', { timeout: 60_000 }, async () => {
      const { context, errors, page } = await signIn(home);
      const panel = (title: string) => page.getByTestId(home.selectors.Panels.Panel.title(title));
      await openPanel(page, home, 'evenkeel-fleetmap-panel', 'Evenkeel fleet map');
      const map = panel('Evenkeel fleet map').getByTestId('evenkeel-wall');
      await expect(map).toBeVisible({ timeout: 30_000 });
      await openPanel(page, home, 'evenkeel-migrate-panel', 'Evenkeel migrate');
      const advice = panel('Evenkeel migrate').getByText(/Nothing is advised|priority/);
      await expect(advice.first()).toBeVisible({ timeout: 30_000 });
      assert.deepEqual(errors, []);
      await context.close();
    });

    test(
      'the app shares the host’s React, and there is only one',
      { timeout: 60_000, skip: inGrafana },
      async () => {
        const { context, page } = await signIn(home);
        const shared = await page.evaluate(() => {
          const { System, grafanaBootData } = window as unknown as ConsoleWindow;
          const [react, dom] = [System.get('shared:react').version, System.get('shared:react-dom').version];
          return { react, dom, grafana: grafanaBootData.settings.buildInfo.version };
        });
        assert.match(shared.react, versions[host].react);
        assert.ok(shared.dom.startsWith(shared.react), shared.dom);
        assert.match(shared.grafana, versions[host].grafana);
        await context.close();
      },
    );

    test(
      'a module that Grafana does not share is refused by name',
      { timeout: 60_000, skip: inGrafana },
      async () => {
        const { context, page } = await signIn(home);
        // What the build of a plugin would look like that left a library of its own out of the bundle.
        await page.route('**/public/plugins/evenkeel-fleet-app/module.js', (route) =>
          route.fulfill({
            contentType: 'text/javascript',
            body: 'define(["react", "d3-hierarchy"], () => ({}));',
          }),
        );
        await page.reload();
        await expect(
          page.getByText(/imports "d3-hierarchy", which Grafana does not share with plugins/),
        ).toBeVisible({ timeout: 30_000 });
        await context.close();
      },
    );
  });
}
