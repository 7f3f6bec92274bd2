import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { escapePath } from '../../collector/src/telemetry/escape-name.ts';
import { Carbon } from '../../collector/test/telemetry/carbon.ts';
import { builtFiles } from '../src/built-files.ts';
import { renderTarget, type ReadPath } from './graphite-render.ts';
import { hostNames, oddVm, SimulatedNoc } from './simulated-noc.ts';
import { substitute } from './substitute.ts';

type Panel = {
  readonly fieldConfig?: unknown;
  readonly title: string;
  readonly targets?: readonly { readonly refId: string; readonly target?: string; readonly query?: string }[];
};
const files = builtFiles();
const panelsOf = (folder: string, uid: string): readonly Panel[] =>
  (JSON.parse(files.get(`dashboards/${folder}/${uid}.json`)!) as { panels: readonly Panel[] }).panels;

/** Each figure that a dashboard has in both variants. */
const pairs = [...files.keys()]
  .filter((file) => file.startsWith('dashboards/graphite/'))
  .map((file) => path.basename(file, '.json'))
  .flatMap((uid) =>
    panelsOf('graphite', uid).flatMap(({ fieldConfig, title, targets = [] }) =>
      targets.map(({ refId, target }) => {
        const twin = panelsOf('json', uid).find(
          (one) => one.title === title && isDeepStrictEqual(one.fieldConfig, fieldConfig),
        );
        const query = twin?.targets?.find((one) => one.refId === refId)?.query;
        assert.ok(query && target, `${uid}, ${title}, ${refId}`);
        return { where: `${uid}, ${title}, ${refId}`, target, query };
      }),
    ),
  );

test(
  'the Graphite variant of the dashboards shows the numbers that InfluxDB shows',
  { timeout: 240_000 },
  async (t) => {
    const schemas = path.join(import.meta.dirname, '../../provisioning/carbon/storage-schemas.conf');
    const carbon = await Carbon.start(t, readFileSync(schemas, 'utf8'));
    const noc = await SimulatedNoc.start(t, carbon.port);
    await noc.startCollector();
    await noc.passUnseen(300);
    await noc.order({ order: 'load-vm', vm: oddVm, seconds: 900, cpu: 0.9, riseSeconds: 600 });
    const from = noc.now();
    await noc.passUnseen(1200);
    const to = noc.now();

    const [, host] = hostNames;
    const asStored = { fleet: 'noc', host: escapePath(host), vm: escapePath(oddVm) };
    const read: ReadPath = (target) => {
      const parts = target
        .replaceAll(/\$(\w+)/g, (_, name: keyof typeof asStored) => asStored[name])
        .split('.');
      const star = parts.indexOf('*');
      const names = star < 0 ? [] : carbon.names(parts.slice(0, star).join('/'));
      const paths = star < 0 ? [parts] : names.map((name) => parts.with(star, name));
      return paths.map((one) => carbon.archive(one.join('/'))).filter(({ values }) => values.size > 0);
    };
    // What the collector has sent, carbon writes when it comes to it, file by file.
    const plain = (target: string): string => /evenkeel[^,)]+/.exec(target)![0];
    const isWritten = (target: string): boolean => {
      const series = read(plain(target));
      return (
        series.length === (target.includes('*') ? hostNames.length : 1) &&
        series.every(({ step, values }) => Math.max(...values.keys()) >= to / 1000 - 2 * step)
      );
    };
    while (!pairs.every(({ target }) => isWritten(target)))
      await new Promise((resolve) => setTimeout(resolve, 50));

    let compared = 0;
    for (const { where, target, query } of pairs) {
      const [rendered] = renderTarget(target, read);
      assert.ok(rendered, `${where}: carbon has nothing for ${target}`);
      const text = substitute(
        query.replaceAll('influxdb_', 'graphite_'),
        { fleet: 'noc', host, vm: oddVm },
        { from, to },
        `${rendered.step}s`,
        to,
      );
      const [series] = await noc.http.query(text);
      assert.ok(series, `${where}: InfluxDB has nothing`);
      // The first and the last are of parts of a step.
      const inside = series.values
        .slice(1, -1)
        .filter((row): row is [number, number] => typeof row[1] === 'number');
      assert.ok(inside.length >= 15, `${where}: only ${inside.length} values`);
      for (const [at, value] of inside) {
        const other = rendered.values.get(at / 1000);
        assert.ok(
          other !== undefined && Math.abs(other - value) <= 1e-9 * Math.max(1, Math.abs(value)),
          `${where}, ${new Date(at).toISOString()}: InfluxDB ${value}, Graphite ${other ?? 'nothing'}`,
        );
        compared += 1;
      }
    }
    t.diagnostic(`${pairs.length} figures, ${compared} values are the same in both`);
    assert.ok(pairs.length >= 40);
  },
);
