import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { vmArea, vmAt, vmBox, VmLayouts } from '../src/wall/vm-layout.ts';
import { hostAt, layoutWall, type Box } from '../src/wall/wall-layout.ts';
import type { WallHost } from '../src/wall/wall-model.ts';

const hostArb = (index: number): fc.Arbitrary<WallHost> =>
  fc
    .record({
      size: fc.double({ min: 0.05, max: 1, noNaN: true }),
      vms: fc.array(fc.double({ min: 0.001, max: 0.2, noNaN: true }), { maxLength: 30 }),
    })
    .map(({ size, vms }) => ({
      name: `host-${String(index)}`,
      zone: '',
      size,
      value: 0.5,
      state: 'normal',
      vms: vms.map((share, at) => ({
        uuid: `${String(index)}-${String(at)}`,
        name: `vm${String(at)}`,
        size: share,
        class: 'low',
        value: null,
      })),
    }));

const fleetArb = fc
  .integer({ min: 1, max: 40 })
  .chain((count) => fc.tuple(...Array.from({ length: count }, (_, index) => hostArb(index))));

const overlap = (a: Box, b: Box): boolean =>
  a.x + a.width > b.x + 1e-6 &&
  b.x + b.width > a.x + 1e-6 &&
  a.y + a.height > b.y + 1e-6 &&
  b.y + b.height > a.y + 1e-6;

test('every host has a tile inside the picture, and no two overlap', () => {
  fc.assert(
    fc.property(fleetArb, (hosts) => {
      const tiles = layoutWall(hosts, 1600, 900);
      assert.equal(tiles.length, hosts.length);
      for (const tile of tiles) {
        assert.ok(tile.x >= -1e-6 && tile.x + tile.width <= 1600 + 1e-6);
        assert.ok(tile.y >= -1e-6 && tile.y + tile.height <= 900 + 1e-6);
      }
      for (const [index, tile] of tiles.entries()) {
        for (const other of tiles.slice(index + 1))
          assert.ok(!overlap(tile, other), `${tile.host.name} and ${other.host.name}`);
      }
    }),
    { seed: 7, numRuns: 60 },
  );
});

test('VMs lie inside their host and do not overlap', () => {
  fc.assert(
    fc.property(fleetArb, (hosts) => {
      for (const tile of layoutWall(hosts, 1600, 900)) {
        const area = vmArea(tile);
        if (area === null) continue;
        const shares = new VmLayouts().shares(tile);
        assert.equal(shares.length, tile.host.vms.length);
        const vms = shares.map((share) => vmBox(share, area)).filter((box) => box !== null);
        for (const [index, vm] of vms.entries()) {
          assert.ok(vm.x >= tile.x - 1e-6 && vm.x + vm.width <= tile.x + tile.width + 1e-6);
          assert.ok(vm.y >= tile.y - 1e-6 && vm.y + vm.height <= tile.y + tile.height + 1e-6);
          for (const other of vms.slice(index + 1)) assert.ok(!overlap(vm, other));
        }
      }
    }),
    { seed: 8, numRuns: 40 },
  );
});

test('a host that is twice as large gets twice the area', () => {
  const host = (name: string, size: number): WallHost => ({
    name,
    zone: '',
    size,
    value: 0,
    state: 'normal',
    vms: [],
  });
  const [small, large] = layoutWall([host('a', 0.5), host('b', 1)], 900, 600).map(
    (tile) => tile.width * tile.height,
  );
  assert.ok(Math.abs(large! / small! - 2) < 0.05);
});

test('what lies under the pointer is found, and beside it is not', () => {
  const hosts: WallHost[] = [
    {
      name: 'a',
      zone: '',
      size: 1,
      value: 0,
      state: 'normal',
      vms: [{ uuid: 'u', name: 'v', size: 0.5, class: 'low', value: 0 }],
    },
  ];
  const [tile] = layoutWall(hosts, 400, 300);
  const layouts = new VmLayouts();
  const vm = vmBox(layouts.shares(tile!)[0]!, vmArea(tile!)!)!;
  assert.equal(hostAt([tile!], vm.x + 1, vm.y + 1)?.host.name, 'a');
  assert.equal(vmAt(layouts, tile!, tile!, vm.x + 1, vm.y + 1)?.vm.uuid, 'u');
  assert.equal(vmAt(layouts, tile!, tile!, 1, 1), null);
  assert.equal(hostAt([tile!], -5, 10), null);
});

test('an empty fleet and a picture without room give no tiles', () => {
  assert.deepEqual(layoutWall([], 100, 100), []);
  assert.deepEqual(
    layoutWall([{ name: 'a', zone: '', size: 1, value: 0, state: 'off', vms: [] }], 0, 100),
    [],
  );
});

test('VMs that were too small to be seen are there when the wall is zoomed', () => {
  const vms = Array.from({ length: 50 }, (_, at) => ({
    uuid: String(at),
    name: `vm${String(at)}`,
    size: 0.015,
    class: 'low' as const,
    value: null,
  }));
  const host: WallHost = { name: 'a', zone: '', size: 1, value: 0, state: 'normal', vms };
  const tile = { x: 0, y: 0, width: 22, height: 15, host };
  const layouts = new VmLayouts();
  const seen = (scale: number): number => {
    const area = vmArea({ x: 0, y: 0, width: 22 * scale, height: 15 * scale });
    return area === null ? 0 : layouts.shares(tile).filter((share) => vmBox(share, area) !== null).length;
  };
  assert.equal(seen(1), 0);
  assert.equal(seen(10), 50);
});

test('a layout is kept while only loads change, and made anew when a VM goes', () => {
  const vms = ['a', 'b', 'c'].map((uuid) => ({ uuid, name: uuid, size: 0.2, class: null, value: 0.1 }));
  const host: WallHost = { name: 'h', zone: '', size: 1, value: 0, state: 'normal', vms };
  const at = { x: 0, y: 0, width: 200, height: 100 };
  const layouts = new VmLayouts();
  const first = layouts.shares({ ...at, host });
  const busier = { ...host, vms: vms.map((vm) => ({ ...vm, value: 0.9 })) };
  assert.equal(layouts.shares({ ...at, host: busier }), first);
  assert.equal(layouts.shares({ ...at, host: { ...host, vms: vms.slice(1) } }).length, 2);
});
