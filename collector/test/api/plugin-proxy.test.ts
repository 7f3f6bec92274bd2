import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PluginProxy, type PluginRoute } from '../../src/api/plugin-proxy.ts';

const route = (method: string, path: string, reqRole?: string): PluginRoute => ({
  path,
  method,
  url: `{{ .JsonData.collectorUrl }}/api/v1/${path.replace(/\/\*$/, '')}`,
  ...(reqRole === undefined ? {} : { reqRole }),
});

const proxy = new PluginProxy('app', [
  route('GET', 'hosts', 'Viewer'),
  route('GET', 'hosts/*', 'Viewer'),
  route('POST', 'moves/check', 'Viewer'),
  route('POST', 'moves/*', 'Admin'),
  route('GET', 'open'),
  route('GET', 'odd', 'Emperor'),
]);

function ask(method: string, url: string): { url: string; needed: string | null } {
  const request = { method, url };
  return { url: proxy.rewrite(request), needed: proxy.neededFor(request) };
}

test('a request goes where its route leads, with what follows the star and the query', () => {
  assert.deepEqual(ask('GET', '/api/plugin-proxy/app/hosts?limit=1'), {
    url: '/api/v1/hosts?limit=1',
    needed: 'viewer',
  });
  assert.deepEqual(ask('GET', '/api/plugin-proxy/app/hosts/a%20b/history?from=1'), {
    url: '/api/v1/hosts/a%20b/history?from=1',
    needed: 'viewer',
  });
});

test('the first route that matches decides, so the order is what keeps a check open and a move closed', () => {
  assert.equal(ask('POST', '/api/plugin-proxy/app/moves/check').needed, 'viewer');
  assert.equal(ask('POST', '/api/plugin-proxy/app/moves/7/abort').needed, 'admin');
});

test('a route without a role is open to everyone who is signed in, as in Grafana', () => {
  assert.equal(ask('GET', '/api/plugin-proxy/app/open').needed, 'viewer');
});

test('what no route allows is left as it is, and so is not found', () => {
  for (const [method, path] of [
    ['POST', 'hosts'],
    ['get', 'hosts'],
    ['GET', 'host'],
    ['GET', 'moves/check'],
    ['GET', 'hosts/../audit'],
    ['GET', 'odd'],
  ] as const) {
    const url = `/api/plugin-proxy/app/${path}`;
    assert.deepEqual(ask(method, url), { url, needed: null }, `${method} ${path}`);
  }
});

test('other apps and other addresses are not touched', () => {
  for (const url of ['/api/plugin-proxy/other/hosts', '/api/v1/hosts', '/'])
    assert.equal(ask('GET', url).url, url);
});
