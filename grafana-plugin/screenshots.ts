/** npm run screenshots -- [MINUTES]: every page, dark and light, of a fleet that has run for a while, into docs/images. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { appUrl, openHome, readApi, signIn } from './test/console-in-browser.ts';

const images = path.join(import.meta.dirname, '../docs/images');
const minutes = Number(process.argv[2] ?? 4);
mkdirSync(images, { recursive: true });

await using home = await openHome({ hosts: 12, vms: 150 });
// Forecasts and situations need time to show.
await pause(minutes * 60_000);
for (const colorScheme of ['dark', 'light'] as const) {
  const { context, page } = await signIn(home, { colorScheme });
  const busiest = async (what: string): Promise<{ name: string; uuid: string }> =>
    (
      await readApi<{ items: { name: string; uuid: string }[] }>(
        page,
        home,
        `${what}?sort=cpu&order=desc&limit=1`,
      )
    ).items[0]!;
  const host = await busiest('hosts');
  const vm = await busiest('vms');
  const advice = (await readApi<{ items: { id: string }[] }>(page, home, 'recommendations')).items[0];
  const pages = {
    fleet: 'fleet',
    host: `hosts/${host.name}`,
    vm: `vms/${vm.uuid}`,
    recommendations: `recommendations${advice === undefined ? '' : `/${encodeURIComponent(advice.id)}`}`,
    migrations: 'migrations',
    findings: 'findings',
  };
  for (const [name, address] of Object.entries(pages)) {
    await page.goto(appUrl(home, address));
    await page.getByText('live', { exact: true }).waitFor();
    await page.waitForLoadState('load');
    await pause(1500);
    await page.screenshot({ path: path.join(images, `${name}-${colorScheme}.png`) });
  }
  await context.close();
}
