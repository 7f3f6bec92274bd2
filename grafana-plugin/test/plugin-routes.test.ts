import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

type Route = { path: string; method: string; reqRole?: string; url: string };
type Operation = { description?: string };

const read = (file: string): unknown =>
  JSON.parse(readFileSync(path.join(import.meta.dirname, file), 'utf8'));
const { routes } = read('../src/plugin.json') as { routes: Route[] };
const { paths } = read('../../collector/openapi.json') as {
  paths: Record<string, Record<string, Operation>>;
};

/** Console sign-in and the collector's own health are not for Grafana. */
const notForGrafana = ['/api/v1/session', '/healthz', '/readyz', '/metrics'];

const matching = (method: string, address: string): Route | undefined =>
  routes.find((route) => {
    const [wanted, given] = [route.path.split('/'), address.split('/')];
    return (
      route.method === method &&
      (wanted.at(-1) === '*'
        ? given.length >= wanted.length && wanted.slice(0, -1).every((part, index) => part === given[index])
        : route.path === address)
    );
  });

test('every route of the app asks for a role, names one method, and leads to the API it stands for', () => {
  for (const route of routes) {
    assert.ok(['Viewer', 'Editor', 'Admin'].includes(route.reqRole ?? ''), route.path);
    assert.match(route.method, /^(GET|POST|PUT|DELETE)$/);
    assert.equal(route.url, `{{ .JsonData.collectorUrl }}/api/v1/${route.path.replace(/\/\*$/, '')}`);
  }
});

test('every operation of the API can be reached from Grafana, changes by Editor or Admin alone', () => {
  const harmless = [
    '/api/v1/what-if',
    '/api/v1/place',
    '/api/v1/migrations/preflight',
    '/api/v1/drains/preview',
  ];
  for (const [address, operations] of Object.entries(paths)) {
    if (notForGrafana.includes(address)) continue;
    for (const method of Object.keys(operations).map((name) => name.toUpperCase())) {
      const route = matching(method, address.replace('/api/v1/', '').replaceAll(/\{\w+\}/g, 'x'));
      assert.ok(route !== undefined, `${method} ${address} has no route in plugin.json`);
      if (method !== 'GET' && !harmless.includes(address)) assert.notEqual(route.reqRole, 'Viewer', address);
    }
  }
});

test('what acts on the fleet or its policy is for admins', () => {
  for (const [method, address] of [
    ['POST', 'migrations'],
    ['POST', 'migrations/1/abort'],
    ['POST', 'migrations/1/approve'],
    ['POST', 'migrations/1/reject'],
    ['POST', 'drains'],
    ['PUT', 'policy'],
    ['GET', 'audit'],
  ] as const) {
    assert.equal(matching(method, address)?.reqRole, 'Admin', `${method} ${address}`);
  }
  assert.equal(matching('POST', 'migrations/requests')?.reqRole, 'Editor', 'who may not act may ask');
});
