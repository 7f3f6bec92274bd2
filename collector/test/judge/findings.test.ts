import assert from 'node:assert/strict';
import test from 'node:test';
import { defaultPolicy } from '../../src/fleet/default-policy.ts';
import { freeVmRules } from '../../src/fleet/vm.ts';
import { host, JudgedFleet, kindsOf, load, quietPolicy, uuidOf, vm } from './judged-fleet.ts';

const calm = () => [host('a'), host('b')];
const hot = (name = 'a') => host(name, { load: load(0.9) });
const coldMinutes = defaultPolicy.coldspotMinutes * 6 + 1;

test('a host is hot when k of the last n samples were over the limit, and keeps its finding until it clears', () => {
  const fleet = new JudgedFleet();
  fleet.ticks(5, calm());
  assert.deepEqual(kindsOf(fleet.ticks(2, [hot(), host('b')])), []);
  const began = fleet.tick([hot(), host('b')]);
  assert.deepEqual(kindsOf(began), ['hotspot a']);
  const { id, since, evidence, message } = began.began[0]!;
  assert.match(message, /^Host a is a hot spot: CPU at 90 %, limit 80 %, over in 3 of the last 5 samples\.$/);
  assert.deepEqual(
    evidence.map(({ measure, threshold }) => [measure, threshold]),
    [
      ['cpu', 0.8],
      ['volume', 1],
    ],
  );
  const later = fleet.ticks(3, [hot(), host('b')]);
  assert.equal(later.findings[0]!.id, id);
  assert.equal(later.findings[0]!.since, since);
  assert.equal(later.began.length, 0);
  assert.deepEqual(kindsOf(fleet.ticks(2, calm())), ['hotspot a']);
  const ended = fleet.tick(calm());
  assert.deepEqual(kindsOf(ended), []);
  assert.equal(ended.ended[0]!.id, id);
  assert.equal(ended.ended[0]!.until, ended.at);
  const again = fleet.ticks(3, [hot(), host('b')]);
  assert.notEqual(again.findings[0]!.id, id);
});

test('one sample over the limit makes no hot spot', () => {
  const fleet = new JudgedFleet();
  fleet.ticks(5, calm());
  assert.deepEqual(kindsOf(fleet.tick([hot(), host('b')])), []);
});

test('pressure alone makes a hot spot, and a critical one', () => {
  const fleet = new JudgedFleet();
  const judgement = fleet.ticks(3, [host('a', { pressure: 0.2 }), host('b')]);
  assert.deepEqual(kindsOf(judgement), ['hotspot a']);
  assert.equal(judgement.findings[0]!.severity, 'critical');
});

test('hot spots are ranked by volume', () => {
  const fleet = new JudgedFleet();
  const hosts = [hot('a'), host('b', { load: load(0.9, 0.95) }), host('c')];
  const spots = fleet.ticks(3, hosts).findings.filter(({ kind }) => kind === 'hotspot');
  assert.deepEqual(
    spots.map(({ subject }) => subject.name),
    ['b', 'a'],
  );
});

test('an evidence that moves by much is told as a change', () => {
  const fleet = new JudgedFleet();
  fleet.ticks(3, [hot(), host('b')]);
  const more = fleet.tick([host('a', { load: load(1) }), host('b')]);
  assert.deepEqual(
    more.changed.map(({ kind, severity }) => [kind, severity]),
    [['hotspot', 'critical']],
  );
});

test('a jump over the limit is abrupt within one sample, a jump below it is not, and it ends when it falls back', () => {
  const fleet = new JudgedFleet(quietPolicy, 300_000);
  fleet.ticks(12, calm());
  const jumped = fleet.tick([host('a', { load: load(0.95) }), host('b', { load: load(0.75) })]);
  assert.deepEqual(kindsOf(jumped), ['abrupt-load a']);
  assert.equal(jumped.findings[0]!.severity, 'critical');
  assert.deepEqual(kindsOf(fleet.tick([host('a', { load: load(0.78) }), host('b')])), ['abrupt-load a']);
  assert.deepEqual(kindsOf(fleet.tick(calm())), []);
});

test('a host that rises steadily is announced before it is hot, and then it is no surprise', () => {
  const fleet = new JudgedFleet();
  fleet.ticks(360, calm());
  const seen: string[] = [];
  let announcedAt = 0;
  for (let i = 0; i < 170; i += 1) {
    const cpu = Math.min(0.95, 0.5 + i * 0.002);
    const judgement = fleet.tick([host('a', { load: load(cpu) }), host('b')]);
    for (const finding of judgement.began) {
      if (finding.subject.name !== 'a') continue;
      seen.push(finding.kind);
      if (finding.kind === 'hotspot-predicted') announcedAt = cpu;
    }
  }
  assert.deepEqual(seen, ['hotspot-predicted', 'hotspot']);
  assert.ok(announcedAt < 0.8);
});

test('a host under loadMin for long enough is cold when its VMs fit elsewhere', () => {
  const fleet = new JudgedFleet();
  const hosts = [host('a', { load: load(0.1) }), host('b')];
  assert.deepEqual(kindsOf(fleet.ticks(coldMinutes - 1, hosts, [vm(1, 'a')])), []);
  assert.deepEqual(kindsOf(fleet.tick(hosts, [vm(1, 'a')])), ['coldspot a']);
  assert.deepEqual(kindsOf(fleet.tick(calm(), [vm(1, 'a')])), []);
});

test('a host whose VMs fit nowhere, or must not move, is not cold', () => {
  const hosts = [host('a', { load: load(0.1) }), host('b')];
  const cases = [
    vm(1, 'a', { rules: { ...freeVmRules, neverMigrate: true } }),
    vm(1, 'a', { rules: { ...freeVmRules, pinnedTo: ['a'] } }),
    vm(1, 'a', { rules: { ...freeVmRules, hostGroup: 'gold' } }),
    vm(1, 'a', { memory: { ...vm(1, 'a').memory, maximumBytes: 100 * 2 ** 30 } }),
    vm(1, 'a', { usage: { ...vm(1, 'a').usage, cpuCores: 8 } }),
  ];
  for (const stuck of cases) {
    const kinds = kindsOf(new JudgedFleet().ticks(coldMinutes, hosts, [stuck]));
    assert.ok(!kinds.includes('coldspot a'), kinds.join());
  }
});

test('VMs of a cold host are never thought to fit on a host that is full, stale, suspect or in maintenance', () => {
  const trouble = [{ kind: 'memory-shrank' as const, since: 0, count: 1, message: 'it lost memory' }];
  const targets = [
    host('b', { load: load(0.76) }),
    host('b', { freshness: 'stale', sampledAt: 0 }),
    host('b', { maintenance: true }),
    host('b', { neverTarget: true }),
    host('b', { trouble }),
    host('b', { power: 'off' }),
  ];
  for (const target of targets) {
    const kinds = kindsOf(
      new JudgedFleet().ticks(coldMinutes, [host('a', { load: load(0.1) }), target], [vm(1, 'a')]),
    );
    assert.ok(!kinds.includes('coldspot a'), `${kinds.join()} with ${JSON.stringify(target)}`);
  }
});

test('a stale host is named, blocked and never cold, and its hot spot is held, not ended', () => {
  const fleet = new JudgedFleet();
  fleet.ticks(3, [hot(), host('b')]);
  const stale = host('a', { load: load(0.01), freshness: 'stale', sampledAt: fleet.at - 10_000 });
  const judgement = fleet.ticks(coldMinutes, [stale, host('b')], [vm(1, 'a')]);
  assert.deepEqual(kindsOf(judgement), ['hotspot a', 'stale a']);
  assert.ok(judgement.blockedHosts.has('a'));
  assert.equal(judgement.classes.size, 0);
});

test('data that says fresh but is older than the policy allows is stale', () => {
  const fleet = new JudgedFleet();
  const old = host('a', { sampledAt: fleet.at - 60_000 });
  assert.deepEqual(kindsOf(fleet.tick([old, host('b')])), ['stale a']);
});

test('no data yet, and data of one dimension only, are insufficient', () => {
  const fleet = new JudgedFleet();
  const judgement = fleet.tick([
    host('a', { freshness: 'never', load: load(null, null) }),
    host('b', { load: load(0.5, null) }),
  ]);
  assert.deepEqual(kindsOf(judgement), ['insufficient-data a', 'insufficient-data b']);
  assert.deepEqual([...judgement.blockedHosts].sort(), ['a', 'b']);
});

test('a VM without fresh data has no class; a host with many of them is blocked', () => {
  const fleet = new JudgedFleet();
  const judgement = fleet.tick(calm(), [vm(1, 'a'), vm(2, 'a', { freshness: 'never' }), vm(3, 'b')]);
  assert.deepEqual(kindsOf(judgement), ['insufficient-data a', 'insufficient-data vm-2']);
  assert.deepEqual([...judgement.classes.keys()], [uuidOf(1), uuidOf(3)]);
  assert.deepEqual([...judgement.blockedHosts], ['a']);
});

test('a host in trouble is suspect; a few scrape errors only make it watched', () => {
  const scrape = (count: number) => [
    { kind: 'scrape-error' as const, since: 0, count, message: 'no answer in 5 s' },
  ];
  const fleet = new JudgedFleet();
  const judgement = fleet.tick([host('a', { trouble: scrape(1) }), host('b', { trouble: scrape(5) })]);
  assert.deepEqual(kindsOf(judgement), ['host-trouble a', 'host-trouble b']);
  assert.deepEqual([...judgement.suspectHosts], ['b']);
});

test('unequal hosts are an imbalance, weighted by what they can give', () => {
  const hosts = [hot('a'), host('b', { load: load(0.1) })];
  assert.ok(kindsOf(new JudgedFleet(defaultPolicy).tick(hosts)).includes('imbalance test'));
  const small = { ...hosts[1]!, capacity: { ...hosts[1]!.capacity, cpuCores: 1 } };
  assert.ok(!kindsOf(new JudgedFleet(defaultPolicy).tick([hosts[0]!, small])).includes('imbalance test'));
});

test('a fleet that idles is told so, and one without its reserve too', () => {
  const idle = [host('a', { load: load(0.1) }), host('b', { load: load(0.1) })];
  assert.ok(kindsOf(new JudgedFleet(defaultPolicy).ticks(coldMinutes, idle)).includes('low-load test'));
  const full = [host('a', { load: load(0.6) }), host('b', { load: load(0.6) })];
  assert.deepEqual(kindsOf(new JudgedFleet(defaultPolicy).tick(full)), ['reserve test']);
});

test('hosts that are off are not judged at all', () => {
  const off = host('a', { power: 'off', freshness: 'stale', sampledAt: 0 });
  assert.deepEqual(kindsOf(new JudgedFleet().tick([off, host('b')])), []);
});
