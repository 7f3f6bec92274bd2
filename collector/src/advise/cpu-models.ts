/**
 * Which named CPU models a host of another model can offer. libvirt's names follow the generations of each vendor, and
 * a younger generation offers what its forebears had. Names that are not here are not known: nothing is refused for
 * them, and libvirt's own comparison decides before a migration starts.
 */
const forebears: Readonly<Record<string, readonly string[]>> = {
  Conroe: [],
  Penryn: ['Conroe'],
  Nehalem: ['Penryn'],
  Westmere: ['Nehalem'],
  SandyBridge: ['Westmere'],
  IvyBridge: ['SandyBridge'],
  Haswell: ['IvyBridge'],
  Broadwell: ['Haswell'],
  'Skylake-Client': ['Broadwell'],
  'Skylake-Server': ['Skylake-Client'],
  'Cascadelake-Server': ['Skylake-Server'],
  Cooperlake: ['Cascadelake-Server'],
  'Icelake-Server': ['Cascadelake-Server'],
  SapphireRapids: ['Icelake-Server', 'Cooperlake'],
  GraniteRapids: ['SapphireRapids'],
  Opteron_G1: [],
  Opteron_G2: ['Opteron_G1'],
  Opteron_G3: ['Opteron_G2'],
  // It dropped what Opteron_G4 and G5 had of their own.
  EPYC: ['Opteron_G3'],
  Opteron_G4: ['Opteron_G3'],
  Opteron_G5: ['Opteron_G4'],
  'EPYC-Rome': ['EPYC'],
  'EPYC-Milan': ['EPYC-Rome'],
  'EPYC-Genoa': ['EPYC-Milan'],
  'EPYC-Turin': ['EPYC-Genoa'],
};

/** The first models that have a feature of their own accord, for those that rules ask for most. */
const firstWith: Readonly<Record<string, readonly string[]>> = {
  'sse4.2': ['Nehalem', 'Opteron_G4', 'EPYC'],
  aes: ['Westmere', 'Opteron_G4', 'EPYC'],
  avx: ['SandyBridge', 'Opteron_G4', 'EPYC'],
  avx2: ['Haswell', 'EPYC'],
  avx512f: ['Skylake-Server', 'EPYC-Genoa'],
  avx512vnni: ['Cascadelake-Server', 'EPYC-Genoa'],
  'amx-tile': ['SapphireRapids'],
};

const withTsx = new Set([
  'Haswell',
  'Broadwell',
  'Skylake-Client',
  'Skylake-Server',
  'Cascadelake-Server',
  'Icelake-Server',
]);

/** A model's generation, and whether the name leaves out transactional memory. */
const parse = (name: string): { readonly generation: string; readonly noTsx: boolean } => ({
  generation: name
    .replace(/-v\d+$/, '')
    .replace(/-(IBRS|IBPB|SSBD)/g, '')
    .replace('-noTSX', ''),
  noTsx: name.includes('-noTSX'),
});

const descends = (generation: string, from: string): boolean =>
  generation === from || (forebears[generation] ?? []).some((one) => descends(one, from));

/** Whether a host with the CPU `host` can offer the model `wanted`; null where one of them is not known. */
export const offersModel = (host: string, wanted: string): boolean | null => {
  if (host === wanted) return true;
  const [there, asked] = [parse(host), parse(wanted)];
  if (forebears[there.generation] === undefined || forebears[asked.generation] === undefined) return null;
  if (there.noTsx && !asked.noTsx && withTsx.has(asked.generation)) return false;
  return descends(there.generation, asked.generation);
};

/** Whether a feature comes with a CPU model; null where that is not known. */
export const modelHasFeature = (model: string, feature: string): boolean | null => {
  const first = firstWith[feature];
  const { generation } = parse(model);
  if (first === undefined || forebears[generation] === undefined) return null;
  return first.some((one) => descends(generation, one));
};
