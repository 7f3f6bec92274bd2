import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { builtFiles } from '../src/built-files.ts';

const root = path.join(import.meta.dirname, '../..');

test('what is checked in is what the code builds; if not: npm run build -w @evenkeel/dashboards', () => {
  for (const [file, text] of builtFiles())
    assert.equal(readFileSync(path.join(root, file), 'utf8'), text, file);
});

test('every panel says what it shows, and its query goes to the data source that is chosen', () => {
  type Panel = { type: string; title?: string; description?: string; targets?: { datasource: unknown }[] };
  for (const [file, text] of builtFiles()) {
    if (!file.endsWith('.json')) continue;
    const { panels } = JSON.parse(text) as { panels: Panel[] };
    assert.ok(panels.length >= (file.includes('/graphite/') ? 4 : 6), file);
    for (const { type, title, description, targets } of panels) {
      assert.ok(title && description, `${file}: ${title ?? type}`);
      for (const target of targets ?? [])
        assert.deepEqual(target.datasource, {
          type: file.includes('/graphite/') ? 'graphite' : 'influxdb',
          uid: '${datasource}',
        });
    }
  }
});

test('the app brings every dashboard', () => {
  const { includes } = JSON.parse(
    readFileSync(path.join(root, 'grafana-plugin/src/plugin.json'), 'utf8'),
  ) as {
    includes: { type: string; name: string; path: string }[];
  };
  const brought = includes.filter(({ type }) => type === 'dashboard');
  const built = [...builtFiles()]
    .filter(([file]) => file.startsWith('dashboards/json/'))
    .map(([file, text]) => ({
      type: 'dashboard',
      name: (JSON.parse(text) as { title: string }).title,
      path: file.replace('/json', ''),
    }));
  assert.deepEqual(brought, built);
});
