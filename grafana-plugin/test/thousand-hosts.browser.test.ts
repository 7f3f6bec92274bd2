import { expect } from '@playwright/test';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { appUrl, openHome, readApi, signIn } from './console-in-browser.ts';

type Summary = { hosts: { total: number }; vms: { total: number } };

test(
  'the wall of a thousand hosts: all are there, zooming shows their VMs, a click opens what is pointed at',
  { timeout: 300_000, skip: process.env.GRAFANA_URL !== undefined && 'needs a fleet of that size' },
  async () => {
    await using home = await openHome({ hosts: 1000, vms: 4000 });
    const { errors, page } = await signIn(home);
    page.setDefaultTimeout(120_000);
    await page.goto(appUrl(home, 'fleet'));
    const wall = page.getByRole('application', { name: /^The fleet: 1000 hosts by cpu/ });
    await wall.waitFor();
    const { hosts, vms } = await readApi<Summary>(page, home, 'summary');
    assert.equal(hosts.total, 1000);
    await expect(page.getByText('1000 of 1000')).toBeVisible({ timeout: 120_000 });
    await expect(page.getByText(vms.total.toLocaleString('en'), { exact: true })).toBeVisible();

    // The corner stays where it is while the wall is zoomed in on it; the tip names the host there.
    const corner = { x: 6, y: 6 };
    await wall.hover({ position: corner });
    const tip = page.getByText(/^host-\d+, .* \d+ VMs$/);
    await tip.waitFor();
    const host = /^host-\d+/.exec((await tip.textContent()) ?? '')?.[0];
    assert.ok(host !== undefined);
    await wall.focus();
    for (let press = 0; press < 10; press += 1) await page.keyboard.press('+');
    const { items } = await readApi<{ items: { name: string }[] }>(page, home, `vms?host=${host}&limit=100`);
    const names = items.map(({ name }) => name);
    const named = page
      .getByText(/: (low|medium|high|no class yet)/)
      .filter({ hasText: new RegExp(names.join('|')) });
    // Somewhere in the middle of the host that now fills the corner.
    await expect(async () => {
      for (const y of [40, 80, 120, 160]) {
        await wall.hover({ position: { x: 30, y } });
        if (await named.isVisible()) return;
      }
      throw new Error(`no VM of ${host} under the pointer`);
    }).toPass({ timeout: 120_000 });
    await page.keyboard.press('Escape');
    await wall.click({ position: corner });
    await expect(page.getByRole('heading', { name: host })).toBeVisible({ timeout: 120_000 });
    assert.deepEqual(errors, []);
  },
);
