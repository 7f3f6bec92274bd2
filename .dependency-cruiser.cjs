// Which part may import which. docs/architecture.md says why the floors are as they are.

/** The collector's floors, top to bottom. Rooms of one floor do not know each other. */
const collectorFloors = [
  ['cli'],
  ['main.ts'],
  ['service'],
  ['experiment', 'config'],
  ['api'],
  ['act'],
  ['advise'],
  ['judge', 'observe', 'telemetry', 'simulate'],
  ['journal'], // and the workspace libvirt/, which knows no room at all
  ['fleet'],
];

/** The libvirt client's layers, top to bottom. */
const libvirtLayers = [
  ['index.ts', 'server.ts'],
  ['protocol.ts', 'client', 'server'],
  ['calls', 'events'],
  ['connection'],
  ['transport'],
  ['packet', 'constants', 'uri'],
  ['wire'],
  ['xdr'],
  ['errors'],
];

function place(name) {
  return name.endsWith('.ts') ? `${name.replace('.', '\\.')}$` : `${name}/`;
}

/** One rule for each floor: nothing from the floors above, nothing from its neighbours. */
function downwardsOnly(root, floors) {
  return floors.flatMap((rooms, floor) =>
    rooms.flatMap((room) => {
      const closed = [...floors.slice(0, floor).flat(), ...rooms.filter((other) => other !== room)];
      if (closed.length === 0) return [];
      return {
        name: `${root.replace('/src', '')}-${room}-imports-downwards-only`,
        severity: 'error',
        comment: `${root}/${room} may import only what stands on a lower floor`,
        from: { path: `^${root}/${place(room)}` },
        to: { path: `^${root}/(${closed.map(place).join('|')})` },
      };
    }),
  );
}

module.exports = {
  forbidden: [
    ...downwardsOnly('collector/src', collectorFloors),
    ...downwardsOnly('libvirt/src', libvirtLayers),
    {
      name: 'no-room-outside-the-floors',
      severity: 'error',
      comment: 'a new room gets a floor in .dependency-cruiser.cjs and in docs/architecture.md',
      from: { path: '^collector/src/' },
      to: {
        path: '^collector/src/[^/]+/',
        pathNot: `^collector/src/(${collectorFloors.flat().map(place).join('|')})`,
      },
    },
    {
      name: 'fleet-imports-no-room',
      severity: 'error',
      from: { path: '^collector/src/fleet/' },
      to: { path: '^(collector|libvirt)/', pathNot: '^collector/src/fleet/' },
    },
    {
      name: 'judge-and-advise-are-pure',
      severity: 'error',
      comment: 'no clock, no I/O: what they need is handed in',
      from: { path: '^collector/src/(judge|advise)/' },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?crypto$' }, // hashing is pure; eslint.config.mjs bars its randomness
    },
    {
      name: 'libvirt-stands-alone',
      severity: 'error',
      comment: 'no runtime dependency, no knowledge of Evenkeel',
      from: { path: '^libvirt/src/' },
      to: { path: ['^(collector|bench|lab|grafana-plugin|console|dashboards)/', 'node_modules'] },
    },
    {
      name: 'libvirt-by-its-front-door',
      severity: 'error',
      from: { pathNot: '^libvirt/' },
      to: { path: '^libvirt/', pathNot: '^libvirt/src/(index|server)\\.ts$' },
    },
    {
      name: 'the-browser-takes-nothing-from-the-collector',
      severity: 'error',
      comment: 'what they share is the published OpenAPI document',
      from: { path: '^(grafana-plugin|console)/src/' },
      to: { path: '^(collector|libvirt|lab|bench)/' },
    },
    {
      name: 'the-lab-is-for-tests',
      severity: 'error',
      from: { path: '^(collector|libvirt|grafana-plugin|console|dashboards)/src/' },
      to: { path: '^(lab|bench)/' },
    },
    {
      name: 'nothing-imports-tests',
      severity: 'error',
      comment: 'but a benchmark may measure what a test sets up',
      from: { pathNot: '(^|/)test/|^bench/|^grafana-plugin/screenshots' },
      to: { path: '(^|/)test/' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'types may refer to each other; at run time nothing may',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'resolvable',
      severity: 'error',
      // the browser parts resolve through their bundler; tsc checks them
      from: { pathNot: '^(grafana-plugin|console)/' },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|var|coverage)/' },
    tsPreCompilationDeps: true, // a type import couples two rooms as well
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      conditionNames: ['import', 'node', 'default', 'types'],
      exportsFields: ['exports'],
    },
  },
};
