import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { Value } from 'typebox/value';
import { parse, parseAllDocuments } from 'yaml';
import { builtFiles } from '../src/built-files.ts';
import { ruleFile } from '../src/alert-rules.ts';
import { provisioningSchemas } from './provisioning-schema.ts';

const root = path.join(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');
const yamlFiles = [
  'docker-compose.yml',
  ...globSync('{provisioning/{grafana,prometheus},deploy}/**/*.{yaml,yml}', { cwd: root }),
];
const grafanaFiles = yamlFiles.filter((file) => file.startsWith('provisioning/grafana')).sort();
const rules = ruleFile().groups.flatMap((group) => group.rules);
const dashboardUids = [...builtFiles()]
  .filter(([file]) => file.endsWith('.json'))
  .map(([, text]) => (JSON.parse(text) as { uid: string }).uid);

test('every YAML file parses, with no key given twice', () => {
  assert.ok(yamlFiles.length > 12);
  for (const file of yamlFiles)
    for (const document of parseAllDocuments(read(file), { merge: true }))
      assert.deepEqual('errors' in document ? document.errors : [], [], file);
});

test('every provisioning file is what Grafana takes, with nothing that it would pass over', () => {
  const found = new Set<string>();
  for (const file of grafanaFiles) {
    const content = parse(read(file)) as Record<string, unknown>;
    const kind = Object.keys(provisioningSchemas).find((name) => name in content);
    assert.ok(kind, `${file} provisions nothing that is known`);
    found.add(kind);
    const schema = provisioningSchemas[kind as keyof typeof provisioningSchemas];
    const errors = Value.Errors(schema, content).map(
      ({ instancePath, message }) => `${instancePath} ${message}`,
    );
    assert.deepEqual(errors, [], file);
  }
  assert.deepEqual([...found].sort(), Object.keys(provisioningSchemas).sort());
});

test('an update keeps every uid: what is silenced, linked and starred hangs on them', () => {
  const named = (file: string): string[] =>
    [...read(file).matchAll(/^\s*(?:- )?(?:uid|folderUid): (\S+)$/gm)].map(([, uid]) => uid!);
  const now = {
    dashboards: dashboardUids,
    rules: rules.map(({ uid }) => uid),
    other: grafanaFiles.filter((file) => !file.endsWith('rules.yaml')).flatMap(named),
  };
  // To be changed only by adding, and by taking out what a release announced.
  assert.deepEqual(now, JSON.parse(read('dashboards/test/golden/uids.json')));
});

test('every uid is unique, short enough for Grafana, and what names it finds it', () => {
  const uids = [...rules.map(({ uid }) => uid ?? ''), ...dashboardUids];
  for (const file of yamlFiles.filter((name) => name.startsWith('provisioning/grafana')))
    for (const [, uid] of file.endsWith('rules.yaml') ? [] : read(file).matchAll(/^\s*(?:- )?uid: (\S+)$/gm))
      uids.push(uid!);
  assert.equal(new Set(uids).size, uids.length);
  for (const uid of uids) assert.match(uid, /^[a-z0-9-]{1,40}$/);
  for (const { annotations, data } of rules) {
    assert.ok(dashboardUids.some((uid) => annotations?.dashboard?.includes(`d/${uid}?`)));
    assert.ok(['evenkeel-influxdb', '__expr__'].includes(data[0]!.datasourceUid));
  }
  for (const [, text] of builtFiles())
    for (const [, uid] of text.matchAll(/"\/d\/([a-z-]+)\?/g)) assert.ok(dashboardUids.includes(uid!), uid);
});

test('every rule has a severity, says what, how much and since when, and has a runbook that is there', () => {
  assert.ok(rules.length >= 13);
  for (const { uid, labels, annotations } of rules) {
    assert.ok(['warning', 'critical'].includes(labels?.severity ?? ''), uid);
    for (const name of ['summary', 'value', 'threshold', 'page'])
      assert.ok(annotations?.[name], `${uid ?? ''} ${name}`);
    assert.ok(existsSync(path.join(root, annotations?.runbook_url ?? '')), uid);
  }
});

test('policies route to contact points, mute times and templates that are there', () => {
  const folder = 'provisioning/grafana/alerting';
  const { contactPoints } = parse(read(`${folder}/contact-points.yaml`)) as {
    contactPoints: { name: string }[];
  };
  const { muteTimes } = parse(read(`${folder}/mute-times.yaml`)) as { muteTimes: { name: string }[] };
  type Route = { receiver: string; mute_time_intervals?: string[]; routes?: Route[] };
  const { policies } = parse(read(`${folder}/policies.yaml`)) as { policies: Route[] };
  for (const route of policies.flatMap((policy) => [policy, ...(policy.routes ?? [])])) {
    assert.ok(
      contactPoints.some(({ name }) => name === route.receiver),
      route.receiver,
    );
    for (const mute of route.mute_time_intervals ?? [])
      assert.ok(muteTimes.some(({ name }) => name === mute));
  }
  const templates = read(`${folder}/templates.yaml`);
  for (const [, name] of read(`${folder}/contact-points.yaml`).matchAll(/template "([^"]+)"/g))
    assert.ok(templates.includes(`define "${name!}"`), name);
});

test('every variable of the environment that is used is documented, and every one documented is used', () => {
  const documented = new Set([...read('.env.example').matchAll(/^#?([A-Z_]+)=/gm)].map(([, name]) => name!));
  const used = new Set<string>();
  for (const [, name] of read('docker-compose.yml').matchAll(/(?<!\$)\$\{([A-Z_]+)/g)) used.add(name!);
  for (const file of yamlFiles.filter((name) => name.startsWith('provisioning/grafana')))
    if (!file.endsWith('rules.yaml'))
      for (const [, name] of read(file).matchAll(/(?<!\$)\$([A-Z_]+)/g)) used.add(name!);
  assert.deepEqual([...used].sort(), [...documented].sort());
});

test('the compose file keeps secrets out of the environment, and strangers out of Grafana', () => {
  type Service = {
    environment?: Record<string, string>;
    depends_on?: Record<string, unknown>;
    volumes?: string[];
    secrets?: string[];
  };
  const compose = parse(read('docker-compose.yml'), { merge: true }) as {
    services: Record<string, Service>;
    secrets: Record<string, unknown>;
  };
  for (const [name, service] of Object.entries(compose.services)) {
    for (const [variable, value] of Object.entries(service.environment ?? {}))
      if (/PASSWORD|TOKEN|KEY/.test(variable))
        assert.match(value, /^\/run\/secrets\//, `${name} ${variable}`);
    for (const secret of service.secrets ?? []) assert.ok(secret in compose.secrets, secret);
    for (const other of Object.keys(service.depends_on ?? {})) assert.ok(other in compose.services, other);
    for (const [from] of (service.volumes ?? []).map((volume) => volume.split(':')))
      if (from!.startsWith('./') && !from!.endsWith('/dist'))
        assert.ok(existsSync(path.join(root, from!)), from);
  }
  const whoKnows = (secret: string) =>
    Object.keys(compose.services).filter((name) => compose.services[name]!.secrets?.includes(secret));
  assert.deepEqual(whoKnows('influxdb-admin-password'), ['influxdb-setup'], 'nobody else is InfluxDB admin');
  const grafana = compose.services.grafana?.environment ?? {};
  assert.equal(grafana.GF_AUTH_ANONYMOUS_ENABLED, 'false');
  const { id } = JSON.parse(read('grafana-plugin/src/plugin.json')) as { id: string };
  assert.ok(grafana.GF_PLUGINS_ALLOW_LOADING_UNSIGNED_PLUGINS?.split(',').includes(id));
});
