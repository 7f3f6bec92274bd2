import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { ConfigError } from '../../src/config/config-error.ts';
import { loadConfig } from '../../src/config/load-config.ts';

function files(t: TestContext, contents: Record<string, string>): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'evenkeel-config-'));
  t.after(() => {
    rmSync(directory, { recursive: true });
  });
  for (const [name, text] of Object.entries(contents)) {
    mkdirSync(path.dirname(path.join(directory, name)), { recursive: true });
    writeFileSync(path.join(directory, name), text);
  }
  return path.join(directory, 'evenkeel.yaml');
}

/** The problems as `file:line: message`, the directory cut off. */
function problemsOf(file: string, environment: Record<string, string> = {}): string[] {
  try {
    loadConfig(file, environment);
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    return error.message.replaceAll(`${path.dirname(file)}/`, '').split('\n');
  }
  return [];
}

test('an empty file is a valid configuration, every default filled in', (t) => {
  const { config } = loadConfig(files(t, { 'evenkeel.yaml': '' }), {});
  assert.equal(config.fleet.name, 'main');
  assert.equal(config.polling.intervalSeconds, 10);
  assert.equal(config.policy.loadMax.cpu, 0.8);
  assert.equal(config.influxdb, undefined);
  assert.equal(config.api.address, '127.0.0.1');
});

test('hosts come from the file, from included files and from directories', (t) => {
  const file = files(t, {
    'evenkeel.yaml':
      'fleet:\n  name: dc1\n  hosts: [{name: h1, uri: "qemu+tcp://h1/system"}]\n  hostsFrom: [more.yaml, hosts.d]\n',
    'more.yaml': 'hosts: [{name: h2, uri: "qemu+tls://h2/system", zone: b, priority: 10}]\n',
    'hosts.d/b.yaml': 'hosts: [{name: h4, uri: "qemu+ssh://h4/system"}]\n',
    'hosts.d/a.yml': 'hosts: [{name: h3, virtTop: {file: h3.csv, cpuCores: 8, memMebibytes: 4096}}]\n',
    'hosts.d/README': 'not a host',
  });
  const { config, sources } = loadConfig(file, {});
  assert.deepEqual(
    config.fleet.hosts.map((host) => host.name),
    ['h1', 'h2', 'h3', 'h4'],
  );
  assert.equal(config.fleet.hosts[1]!.priority, 10);
  assert.equal(config.fleet.hosts[2]!.virtTop?.file, path.join(path.dirname(file), 'h3.csv'));
  assert.equal(sources.length, 5);
});

const wrong: [name: string, yaml: string, expected: RegExp][] = [
  [
    'a value out of range',
    'polling:\n  intervalSeconds: 0\n',
    /^evenkeel.yaml:2: polling.intervalSeconds must be >= 1, but is 0/,
  ],
  [
    'a misspelt key',
    'polling:\n  deadlineSeconds: 2\n  intervallSeconds: 3\n',
    /^evenkeel.yaml:3: "intervallSeconds" is not known in polling; did you mean "intervalSeconds"\?/,
  ],
  [
    'an unknown section',
    'fleeet: {}\n',
    /^evenkeel.yaml:1: "fleeet" is not known here; did you mean "fleet"\?/,
  ],
  [
    'a wrong kind',
    'polling:\n  intervalSeconds: fast\n',
    /^evenkeel.yaml:2: polling.intervalSeconds must be a number, but is "fast"/,
  ],
  [
    'a missing url',
    'influxdb:\n  database: x\n',
    /^evenkeel.yaml:1: influxdb.url is missing; give a string \(e.g. http:/,
  ],
  [
    'a duration',
    'influxdb:\n  url: http://x\n  retention:\n    raw: 7 days\n',
    /^evenkeel.yaml:4: influxdb.retention.raw must be .*e.g. 7d, but is "7 days"/,
  ],
  [
    'a secret in the file',
    'influxdb:\n  url: http://x\n  password: hunter2\n',
    /^evenkeel.yaml:3: "password" must not stand in this file; use passwordFile or passwordEnv/,
  ],
  [
    'a host without a way in',
    'fleet:\n  hosts:\n    - name: h1\n',
    /^evenkeel.yaml:3: host "h1" needs either uri/,
  ],
  [
    'a host named twice',
    'fleet:\n  hosts:\n    - {name: h1, uri: "qemu+tcp://a/system"}\n    - {name: h1, uri: "qemu+tcp://b/system"}\n',
    /^evenkeel.yaml:4: host "h1" is named twice, first at evenkeel.yaml:3;/,
  ],
  [
    'a URI that is none',
    'fleet:\n  hosts:\n    - name: h1\n      uri: h1.example.org\n',
    /^evenkeel.yaml:4: fleet.hosts\[0\].uri must be libvirt URI/,
  ],
  [
    'a policy out of range',
    'policy:\n  loadMax:\n    cpu: 80\n',
    /^evenkeel.yaml:3: policy.loadMax.cpu must be <= 1, but is 80/,
  ],
  [
    'an include that is not there',
    'fleet:\n  hostsFrom:\n    - nowhere.yaml\n',
    /^evenkeel.yaml:3: fleet.hostsFrom names nowhere.yaml, which cannot be read/,
  ],
  [
    'a deadline over the interval',
    'polling:\n  intervalSeconds: 5\n  deadlineSeconds: 6\n',
    /^evenkeel.yaml:3: polling.deadlineSeconds must be at most/,
  ],
  ['broken YAML', 'fleet:\n  hosts: [\n', /^evenkeel.yaml:3: not valid YAML/],
  ['the same key twice', 'api: {}\napi: {}\n', /^evenkeel.yaml:2: not valid YAML: Map keys must be unique/],
  [
    'a variable that is not set',
    'influxdb:\n  url: http://x\n  tokenEnv: NO_SUCH\n',
    /^evenkeel.yaml:3: influxdb: the environment variable NO_SUCH is not set/,
  ],
  ['a list where a map belongs', '- fleet\n', /^evenkeel.yaml:1: the file must be an object/],
];
for (const [name, yaml, expected] of wrong)
  test(`wrong: ${name}`, (t) => {
    const problems = problemsOf(files(t, { 'evenkeel.yaml': yaml }));
    assert.equal(problems.length, 1, problems.join('\n'));
    assert.match(problems[0]!, expected);
  });

test('a problem in an included file names that file, and all problems come at once', (t) => {
  const problems = problemsOf(
    files(t, {
      'evenkeel.yaml': 'fleet:\n  hostsFrom: [a.yaml, b.yaml]\n',
      'a.yaml': 'hosts:\n  - name: h1\n    uri: qemu+tcp://a/system\n    priority: 200\n',
      'b.yaml': 'hosts:\n  - uri: qemu+tcp://a/system\n',
    }),
  );
  assert.deepEqual(problems, [
    'a.yaml:4: hosts[0].priority must be <= 100, but is 200 (the host of lowest priority is the first to be emptied)',
    'b.yaml:2: hosts[0].name is missing; give a string (how this host is called everywhere)',
  ]);
});

test('secrets come from the environment or a file and never stand in the configuration', (t) => {
  const file = files(t, {
    'evenkeel.yaml':
      'influxdb: {url: "http://x", username: u, passwordFile: secret, tokenEnv: TOKEN}\njournal: {mysql: {host: db, username: j, passwordEnv: MYSQL}}\n',
    secret: 'from-file\n',
  });
  const { config, secrets } = loadConfig(file, { TOKEN: 'from-env', MYSQL: 'sesame' });
  assert.deepEqual(secrets, {
    influxdbPassword: 'from-file',
    influxdbToken: 'from-env',
    mysqlPassword: 'sesame',
  });
  assert.doesNotMatch(JSON.stringify(config), /from-file|from-env|sesame/);
});

test('thousands of hosts load', (t) => {
  const hosts = Array.from({ length: 3000 }, (_, i) => `  - {name: h${i}, uri: "qemu+tcp://h${i}/system"}`);
  const file = files(t, {
    'evenkeel.yaml': 'fleet: {hostsFrom: [many.yaml]}\n',
    'many.yaml': `hosts:\n${hosts.join('\n')}\n`,
  });
  assert.equal(loadConfig(file, {}).config.fleet.hosts.length, 3000);
});
