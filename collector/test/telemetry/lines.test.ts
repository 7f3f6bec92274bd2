import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeGraphite } from '../../src/telemetry/graphite-lines.ts';
import { encodeLines } from '../../src/telemetry/line-protocol.ts';
import type { Point } from '../../src/telemetry/point.ts';

const vm: Point = {
  measurement: 'vm',
  tags: { fleet: 'dc1', host: 'h1', vm: 'a, b=c\n"d"\\%', uuid: 'u' },
  at: 1_700_000_000_123,
  fields: { cpu: 0.5, mem: null, net: undefined, disk: NaN, vcpus: 2, state: 'it "runs"\n\\ well' },
};

test('line protocol: tags sorted and escaped, unknown values left out, microseconds', () => {
  assert.equal(
    encodeLines([vm]),
    'vm,fleet=dc1,host=h1,uuid=u,vm=a\\,\\ b\\=c%0A"d"%5C%25 cpu=0.5,vcpus=2,state="it \\"runs\\" \\\\ well" 1700000000123000\n',
  );
});

test('line protocol: a point without known values is no line', () => {
  assert.equal(encodeLines([{ ...vm, fields: { cpu: null, net: Infinity } }]), '');
});

test('graphite: one line a number, sentences and lists left out', () => {
  assert.deepEqual(encodeGraphite([vm, { ...vm, measurement: 'migration' }]), {
    text:
      'evenkeel.dc1.vm.a%2C%20b%3Dc%0A%22d%22%5C%25.cpu 0.5 1700000000\n' +
      'evenkeel.dc1.vm.a%2C%20b%3Dc%0A%22d%22%5C%25.vcpus 2 1700000000\n',
    values: 2,
  });
});

test('graphite: very small numbers keep a form that carbon reads', () => {
  const { text } = encodeGraphite([
    { measurement: 'host', tags: { fleet: 'f', host: 'h.example' }, at: 5000, fields: { cpu: 1e-9 } },
  ]);
  assert.equal(text, 'evenkeel.f.host.h%2Eexample.cpu 1e-9 5\n');
});
