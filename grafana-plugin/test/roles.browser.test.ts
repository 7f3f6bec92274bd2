import { expect } from '@playwright/test';
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  appUrl,
  openHome,
  postApi,
  readApi,
  signIn,
  signInAs,
  tokenFor,
  type Home,
} from './console-in-browser.ts';

/** In a Grafana nobody holds a token, and the page's own mark and policy are Grafana's. */
const inGrafana = process.env.GRAFANA_URL !== undefined && 'only the console has this';

let home: Home;
before(async () => {
  home = await openHome();
});
after(async () => {
  await home[Symbol.asyncDispose]();
});

type Vms = { items: { uuid: string; name: string; host: string }[] };

test(
  'a viewer sees everything, and every button says why it cannot be pressed',
  { timeout: 90_000 },
  async () => {
    const { context, page } = await signInAs(home, 'viewer');
    const vm = (await readApi<Vms>(page, home, 'vms?limit=1')).items[0];
    assert.ok(vm !== undefined);
    await page.goto(appUrl(home, `vms/${vm.uuid}`));
    const migrate = page.getByRole('button', { name: 'Migrate', exact: true });
    await expect(migrate).toHaveAttribute('aria-disabled', 'true', { timeout: 30_000 });
    await expect(migrate).toHaveAttribute('aria-description', /needs the role Admin; you have Viewer/);
    await page.goto(appUrl(home, `hosts/${vm.host}`));
    await expect(page.getByRole('button', { name: 'Drain' })).toHaveAttribute('aria-disabled', 'true', {
      timeout: 30_000,
    });
    await expect(page.getByRole('link', { name: 'Configuration' })).toHaveCount(0);
    await context.close();
  },
);

test(
  'what the page does not offer, the server refuses: by the route, and by the API',
  { timeout: 90_000 },
  async () => {
    for (const role of ['viewer', 'operator'] as const) {
      const { context, page } = await signInAs(home, role);
      for (const address of ['migrations', 'drains', 'migrations/x/abort', 'migrations/x/approve']) {
        const proxied = await postApi(page, home, address, {});
        assert.equal(proxied.status(), 403, `${role}: POST ${address}`);
      }
      await context.close();
    }
  },
);

test('past the routes the API refuses a viewer too', { timeout: 60_000, skip: inGrafana }, async () => {
  const direct = await fetch(`${home.url}/api/v1/migrations`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await tokenFor(home, 'viewer')}`,
      'content-type': 'application/json',
    },
    body: '{}',
  });
  assert.equal(direct.status, 403);
});

test('the collector knows who asks, and with which role', { timeout: 90_000 }, async () => {
  for (const role of ['viewer', 'operator', 'admin'] as const) {
    const { context, page } = await signInAs(home, role);
    const me = await readApi<{ name: string; role: string; via: string }>(page, home, 'me');
    const via = inGrafana === false ? 'session' : 'grafana';
    assert.deepEqual([me.name, me.role, me.via], [`${role}-in-a-test`, role, via]);
    await context.close();
  }
});

test(
  'an editor asks for a move, which waits; an admin reads who and why, and turns it down with a reason',
  { timeout: 90_000 },
  async () => {
    const editor = await signInAs(home, 'operator');
    const { items } = await readApi<Vms>(editor.page, home, 'vms?limit=1');
    const { items: hosts } = await readApi<{ items: { name: string }[] }>(editor.page, home, 'hosts');
    const vm = items[0]!;
    const to = hosts.find(({ name }) => name !== vm.host)!.name;
    await editor.page.goto(appUrl(home, `vms/${vm.uuid}`));
    await expect(editor.page.getByRole('button', { name: 'Request', exact: true })).toBeVisible({
      timeout: 30_000,
    });
    const wanted = { uuid: vm.uuid, to, reason: 'it hums' };
    const asked = await postApi(editor.page, home, 'migrations/requests', wanted);
    assert.equal(asked.status(), 202);
    const { id } = (await asked.json()) as { id: string };
    await editor.context.close();

    const { context, page } = await signIn(home);
    await page.goto(appUrl(home, `migrations/${id}`));
    const drawer = page.getByRole('dialog');
    await expect(
      drawer.getByText(new RegExp(`asks to move ${vm.name} from ${vm.host} to ${to}`)),
    ).toBeVisible({
      timeout: 30_000,
    });
    await expect(drawer.getByText(/Reason: it hums/)).toBeVisible();
    const reject = drawer.getByRole('button', { name: 'Reject' });
    await expect(reject).toHaveAttribute('aria-description', /Say why first/);
    await drawer.getByLabel('Why').fill('not today');
    await reject.click();
    await expect(drawer.getByText(/rejected by .*: not today/)).toBeVisible({ timeout: 30_000 });
    await context.close();
  },
);

test(
  'a change without the page’s own mark is refused, so another site cannot press the button',
  { timeout: 60_000, skip: inGrafana },
  async () => {
    const { context, page } = await signIn(home);
    const response = await page.request.post(`${home.url}/api/plugin-proxy/evenkeel-fleet-app/migrations`, {
      data: {},
    });
    assert.equal(response.status(), 403);
    await context.close();
  },
);

test(
  'a request that no route of plugin.json allows does not reach the API',
  { timeout: 60_000 },
  async () => {
    const { context, page } = await signIn(home);
    for (const [method, address] of [
      ['DELETE', 'policy'],
      ['GET', 'session'],
      ['GET', 'openapi.json'],
    ] as const) {
      const response = await page.request.fetch(
        `${home.url}/api/plugin-proxy/evenkeel-fleet-app/${address}`,
        { method },
      );
      assert.notEqual(response.status(), 200, `${method} ${address}`);
    }
    await context.close();
  },
);

test(
  'no token reaches the browser: not in a page, a bundle, an answer or what scripts can read',
  { timeout: 90_000, skip: inGrafana },
  async () => {
    const { context, page } = await signIn(home);
    const secret = home.token.split('_').at(-1) ?? home.token;
    const leaks: string[] = [];
    page.on('response', (response) => {
      if (response.headers()['content-type']?.includes('event-stream') === true) return;
      void response
        .text()
        .then((text) => {
          if (text.includes(secret)) leaks.push(response.url());
        })
        .catch(() => undefined);
    });
    for (const name of ['fleet', 'recommendations', 'migrations', 'findings']) {
      await page.goto(appUrl(home, name));
      await expect(page.getByText('live', { exact: true })).toBeVisible({ timeout: 30_000 });
    }
    const readable = await page.evaluate(() =>
      JSON.stringify([
        document.cookie,
        Object.entries(localStorage),
        Object.entries(sessionStorage),
        location.href,
      ]),
    );
    assert.ok(!readable.includes(secret));
    assert.deepEqual(leaks, []);
    await context.close();
  },
);

test('a wrong token is refused in words', { timeout: 60_000, skip: inGrafana }, async () => {
  const context = await home.browser.newContext();
  const page = await context.newPage();
  await page.goto(home.url);
  await page.getByLabel('Token').fill('ek_wrong_token');
  await page.getByRole('button', { name: 'Log in' }).click();
  await expect(page.getByRole('alert').getByText(/not known here/)).toBeVisible({ timeout: 30_000 });
  await context.close();
});

test('the page keeps to its content security policy', { timeout: 60_000, skip: inGrafana }, async () => {
  const response = await fetch(`${home.url}/a/evenkeel-fleet-app/fleet`);
  const policy = response.headers.get('content-security-policy') ?? '';
  assert.match(policy, /script-src 'self'(;|$)/);
  assert.match(policy, /frame-ancestors 'none'/);
});
