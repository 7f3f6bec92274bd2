import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findingKinds, type Finding } from '../../src/fleet/finding.ts';
import type { Recommendation } from '../../src/fleet/recommendation.ts';
import { recommendationPoints } from '../../src/telemetry/action-points.ts';
import { fixtureSnapshot } from '../api/fixture-snapshot.ts';
import { samplePoints } from '../../src/telemetry/sample-points.ts';
import { classChangePoints, findingPoints, forecastPoints } from '../../src/telemetry/judgement-points.ts';

const finding = (more: Partial<Finding>): Finding => ({
  id: 'f',
  kind: 'hotspot',
  severity: 'critical',
  subject: { type: 'host', id: 'h1', name: 'h1' },
  since: 1,
  at: 2,
  message: 'h1 is hot.',
  evidence: [],
  rank: 1,
  ...more,
});

test('findings: one point a subject, one field a kind, zeros for what ended and what never was', () => {
  const points = findingPoints(
    'f1',
    1000,
    [
      finding({}),
      finding({ id: 'g', kind: 'abrupt-load', severity: 'warning', message: 'It jumped.' }),
      finding({
        id: 'v',
        kind: 'class-change',
        severity: 'info',
        subject: { type: 'vm', id: 'u', name: 'web', host: 'h1' },
      }),
    ],
    [finding({ id: 'e', kind: 'stale', subject: { type: 'host', id: 'h2', name: 'h2' } })],
  );
  const of = (tags: object) =>
    points.find((point) => JSON.stringify(point.tags) === JSON.stringify(tags))?.fields;
  assert.deepEqual(of({ fleet: 'f1', host: 'h1' }), {
    hotspot: 3,
    abrupt_load: 2,
    message: 'h1 is hot. It jumped.',
  });
  assert.deepEqual(of({ fleet: 'f1', host: 'h2' }), { stale: 0, message: null });
  assert.equal(of({ fleet: 'f1', vm: 'web', uuid: 'u', host: 'h1' })?.class_change, 1);
  const counts = of({ fleet: 'f1' })!;
  assert.equal(Object.keys(counts).length, findingKinds.length);
  assert.equal(counts.hotspot_count, 1);
  assert.equal(counts.coldspot_count, 0);
});

test('forecasts stand at the time they are about, one point for all dimensions', () => {
  const subject = { type: 'host', id: 'h1', name: 'h1' } as const;
  const points = forecastPoints('f1', [
    { subject, dimension: 'cpu', at: 60_000, points: [{ minutes: 30, value: 0.5, low: 0.4, high: 0.7 }] },
    { subject, dimension: 'mem', at: 60_000, points: [{ minutes: 30, value: 0.3, low: 0.2, high: 0.4 }] },
  ]);
  assert.equal(points.length, 1);
  assert.equal(points[0]!.at, 31 * 60_000);
  assert.deepEqual(points[0]!.fields, {
    cpu_30m: 0.5,
    cpu_30m_low: 0.4,
    cpu_30m_high: 0.7,
    mem_30m: 0.3,
    mem_30m_low: 0.2,
    mem_30m_high: 0.4,
  });
});

test('the sample of a VM says the class that it is in, once it was judged', () => {
  const { hosts, vms, at } = fixtureSnapshot(1000, 1);
  const [, judged, unjudged] = samplePoints(
    'f1',
    hosts[0]!,
    vms.slice(0, 2),
    at,
    new Map([[vms[0]!.uuid, 'high']]),
  );
  assert.equal(judged!.fields.class_level, 2);
  assert.equal(unjudged!.fields.class_level, null);
});

test('class changes are tagged with the class to come', () => {
  const [point] = classChangePoints('f1', [
    {
      uuid: 'u',
      vm: 'web',
      host: 'h1',
      dimension: 'cpu',
      from: 'medium',
      to: 'high',
      at: 0,
      when: 600_000,
      probability: 0.8,
      announced: true,
    },
  ]);
  assert.equal(point!.tags.class, 'high');
  assert.equal(point!.fields.cpu_class_change_minutes, 10);
});

test('recommendations: none is a 0, and those of one time do not overwrite each other', () => {
  assert.deepEqual(recommendationPoints('f1', 5, []), [
    {
      measurement: 'recommendation',
      tags: { fleet: 'f1' },
      at: 5,
      fields: { open: 0, moves: 0, most_urgent: null },
    },
  ]);
  const one: Recommendation = {
    id: 'r',
    kind: 'relieve',
    priority: 1,
    reason: 'h1 is hot.',
    findings: [],
    moves: [],
    power: [{ host: 'h1', action: 'switch-off', wave: 0 }],
    effects: [],
    cost: { bytes: 0, seconds: 0, downtimeSeconds: 0 },
    gain: 1,
    ifIgnored: '',
    alternatives: [],
    createdAt: 0,
    expiresAt: 1,
    snapshotSequence: 1,
  };
  const points = recommendationPoints('f1', 5, [one, { ...one, id: 's' }]);
  assert.equal(new Set(points.map(({ tags, at }) => `${tags.host} ${at}`)).size, 3);
});
