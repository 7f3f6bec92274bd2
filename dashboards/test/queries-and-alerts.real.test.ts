import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { ruleFile } from '../src/alert-rules.ts';
import { AlertWatch } from './alert-watch.ts';
import { Unanswered } from './board-queries.ts';
import { hostNames, oddVm, SimulatedNoc } from './simulated-noc.ts';

const [first, second, third, fourth] = hostNames;
const minute = 60;

/** A rule, of whom, and within how many seconds. */
type Expected = readonly [uid: string, labels: Record<string, string>, promised: number];

const matches =
  (labels: Record<string, string>) =>
  (found: Readonly<Record<string, string>>): boolean =>
    Object.entries(labels).every(([name, value]) => found[name] === value);

/** The rules of one NOC, evaluated at the paces of their groups while its time passes. */
class Alerts {
  readonly #noc: SimulatedNoc;
  readonly #groups: { readonly seconds: number; readonly watches: AlertWatch[] }[];
  readonly #say: (message: string) => void;

  constructor(t: TestContext, noc: SimulatedNoc) {
    this.#noc = noc;
    this.#say = (message) => {
      t.diagnostic(message);
    };
    this.#groups = ruleFile().groups.map(({ interval, rules }) => ({
      seconds: Number.parseInt(interval, 10),
      watches: rules.map((rule) => new AlertWatch(rule, (query) => noc.http.query(query))),
    }));
  }

  async pass(seconds: number): Promise<void> {
    for (let passed = 0; passed < seconds; passed += 10) await this.#tick();
  }

  async #tick(): Promise<void> {
    // Grafana evaluates at multiples of the interval, whenever it was started.
    await this.#noc.pass(10 - ((this.#noc.now() / 1000) % 10));
    await this.evaluate((seconds) => this.#noc.now() % (seconds * 1000) === 0);
  }

  async evaluate(isTurn: (seconds: number) => boolean = () => true): Promise<void> {
    for (const { seconds, watches } of this.#groups)
      if (isTurn(seconds)) await Promise.all(watches.map((watch) => watch.evaluate(this.#noc.now())));
  }

  firing(uid: string, labels: Record<string, string> = {}): boolean {
    return this.#watch(uid).firing().some(matches(labels));
  }

  /** Whether its threshold is passed at this moment, however long. */
  isOver(uid: string, labels: Record<string, string>): boolean {
    return this.#watch(uid).over().some(matches(labels));
  }

  all(): string[] {
    return this.#watches().flatMap((watch) =>
      watch.firing().map((labels) => `${watch.uid} ${JSON.stringify(labels)}`),
    );
  }

  /** Lets time pass until each of these was seen to fire, or not to; fails when one takes longer than was promised. */
  async until(fires: boolean, ...expected: Expected[]): Promise<void> {
    const left = new Set(expected);
    for (let passed = 0; ; passed += 10) {
      for (const one of left) {
        const [uid, labels, promised] = one;
        if (this.firing(uid, labels) === fires) {
          left.delete(one);
          this.#say(`${uid} ${fires ? 'fires' : 'is over'} after ${passed} s, promised ${promised} s`);
        } else
          assert.ok(
            passed < promised,
            `${uid} ${fires ? 'does not fire' : 'still fires'} after ${passed} s; now: ${this.all().join('; ')}`,
          );
      }
      if (left.size === 0) return;
      await this.#tick();
    }
  }

  #watch(uid: string): AlertWatch {
    const watch = this.#watches().find((one) => one.uid === `evenkeel-${uid}`);
    assert.ok(watch, uid);
    return watch;
  }

  #watches(): AlertWatch[] {
    return this.#groups.flatMap(({ watches }) => watches);
  }
}

test(
  'every query of every dashboard gives values, every alert rule fires in time and is over in time',
  { timeout: 600_000 },
  async (t) => {
    const noc = await SimulatedNoc.start(t);
    const alerts = new Alerts(t, noc);
    const unanswered = new Unanswered();
    const look = (host: string, vm: string) =>
      unanswered.ask((query) => noc.http.query(query), noc.now(), {
        fleet: 'noc',
        host,
        vm,
        idleWatts: '100',
        fullWatts: '250',
      });
    let steps = performance.now();
    const took = (what: string): void => {
      t.diagnostic(`${what}: ${((performance.now() - steps) / 1000).toFixed(1)} s`);
      steps = performance.now();
    };

    // A host that never answered, and two VMs that are off.
    await noc.order({ order: 'hang-host', host: fourth });
    for (const vm of ['spare-1', 'spare-2']) await noc.order({ order: 'stop-vm', vm });
    await noc.startCollector();
    await alerts.until(true, ['no-data-yet', { host: fourth }, 3 * minute]);
    await noc.order({ order: 'wake-host', host: fourth });
    await alerts.until(false, ['no-data-yet', { host: fourth }, minute]);

    // Half an hour makes forecasts, another one brings the time that they are about.
    await noc.passUnseen(65 * minute);
    await alerts.pass(5 * minute);
    assert.deepEqual(alerts.all(), [], 'a calm fleet pages nobody');
    took('an hour and more of calm');

    const rise = { order: 'load-vm', seconds: 32 * minute, riseSeconds: 30 * minute } as const;
    await noc.order({ ...rise, vm: oddVm, cpu: 1 });
    await noc.order({ ...rise, vm: 'mem-1', mem: 0.95 });
    await noc.order({ ...rise, vm: 'net-1', txBytesPerSecond: 110e6 });
    await noc.order({ ...rise, vm: 'disk-1', readBytesPerSecond: 450e6 });
    await alerts.until(true, ['class-change-cpu', { vm: oddVm, host: second }, 28 * minute]);
    await look(second, oddVm);
    await alerts.until(
      true,
      ['class-change-mem', { vm: 'mem-1' }, 28 * minute],
      ['class-change-net', { vm: 'net-1' }, 28 * minute],
      ['class-change-disk', { vm: 'disk-1' }, 28 * minute],
      ['hot-soon', { host: second }, 28 * minute],
    );
    await look(second, oddVm);
    assert.ok(!alerts.firing('abrupt-load'), 'what was foreseen is not abrupt');
    await alerts.until(
      false,
      ['hot-soon', {}, 35 * minute],
      ['hot-spot', {}, 35 * minute],
      ...['cpu', 'mem', 'net', 'disk'].map((kind): Expected => [`class-change-${kind}`, {}, 35 * minute]),
    );
    took('a rise of half an hour');

    // Every vCPU of a host at once.
    for (let i = 1; i <= 5; i += 1)
      await noc.order({ order: 'load-vm', vm: `app-1-${i}`, seconds: 4 * minute, cpu: 1 });
    await alerts.until(true, ['abrupt-load', { host: first }, 30]);
    await look(first, oddVm);
    await alerts.until(true, ['hot-spot', { host: first }, 70]);
    await alerts.until(true, ['pressure', { host: first }, 2 * minute]);
    await look(first, oddVm);
    await alerts.pass(minute);
    await alerts.until(
      false,
      ...['abrupt-load', 'hot-spot', 'pressure'].map((uid): Expected => [uid, {}, 4 * minute]),
    );
    took('a jump');

    await noc.order({ order: 'hang-host', host: third });
    await alerts.until(true, ['stale-host', { host: third }, 90]);
    await look(third, 'mem-1');
    await noc.order({ order: 'wake-host', host: third });
    await alerts.until(false, ['stale-host', {}, minute]);
    took('a host that hangs');

    // The jump used the reserve up as well.
    await alerts.until(false, ['reserve', {}, 10 * minute]);
    for (const vm of ['spare-1', 'spare-2']) await noc.order({ order: 'start-vm', vm });
    await alerts.until(true, ['reserve', { fleet: 'noc' }, 3 * minute]);
    for (const vm of ['spare-1', 'spare-2']) await noc.order({ order: 'stop-vm', vm });
    await alerts.until(false, ['reserve', {}, 7 * minute]);
    took('no reserve');

    await noc.migrate(oddVm, second, fourth, 'failed');
    await alerts.until(true, ['migration-failed', { vm: oddVm, host: second }, 40]);
    await noc.migrate('app-2-1', second, fourth, 'aborted');
    await noc.migrate(oddVm, second, fourth, 'done');
    await alerts.until(false, ['migration-failed', {}, 40]);
    await look(fourth, oddVm);
    assert.deepEqual(unanswered.list(), [], 'every query has given values in all its columns');
    const several = new Unanswered();
    await several.ask((query) => noc.http.query(query), noc.now(), {
      fleet: ['noc', 'another'],
      host: [second, fourth],
      vm: [oddVm, 'app-2-2'],
      idleWatts: '100',
      fullWatts: '250',
    });
    assert.ok(several.list().length < several.asked / 5, 'several values at once are understood as well');
    t.diagnostic(`${unanswered.asked} queries of dashboards gave values`);
    took('migrations');

    // While InfluxDB is away Grafana can ask nothing, and says that; then it reads how long points had to wait.
    await noc.influxd.stop();
    await alerts.until(true, ['spool', { alert: 'error' }, 3 * minute]);
    await alerts.pass(2 * minute);
    await noc.influxd.restart();
    await noc.caughtUp();
    await alerts.evaluate();
    assert.ok(alerts.isOver('spool', { fleet: 'noc' }), 'points waited for InfluxDB for more than a minute');
    // The next figures of the collector come within a minute.
    await alerts.pass(2 * minute);
    await alerts.until(false, ['spool', {}, 10]);
    assert.ok(!alerts.isOver('spool', { fleet: 'noc' }), 'none waits any more');
    took('InfluxDB away');

    await noc.stopCollector();
    await alerts.until(
      true,
      ['collector-silent', { fleet: 'noc' }, 2 * minute],
      ['reserve', { alert: 'no data' }, 5 * minute],
      ['spool', { alert: 'no data' }, 5 * minute],
      ['collector-silent', { alert: 'no data' }, 13 * minute],
    );
    await noc.startCollector();
    await alerts.until(
      false,
      ['collector-silent', {}, 2 * minute],
      ['reserve', {}, 2 * minute],
      ['spool', {}, 3 * minute],
    );
    took('a silent collector');
  },
);
