import { Type, type Static } from 'typebox';

const share = (description: string, fallback: number) =>
  Type.Number({ minimum: 0, maximum: 1, default: fallback, description });
const count = (description: string, fallback: number, minimum = 0) =>
  Type.Integer({ minimum, default: fallback, description });
const positive = (description: string, fallback: number) =>
  Type.Number({ exclusiveMinimum: 0, default: fallback, description });

const boundaries = (low: number, high: number) =>
  Type.Object(
    {
      medium: share('at or above: medium', low),
      high: share('at or above: high', high),
    },
    { additionalProperties: false, default: {} },
  );

const perDimension = (description: string, cpu: number, mem: number, net: number, disk: number) =>
  Type.Object(
    { cpu: share('cpu', cpu), mem: share('mem', mem), net: share('net', net), disk: share('disk', disk) },
    { additionalProperties: false, default: {}, description },
  );

/** What the fleet's owners want. Every field has a default, so `{}` is a valid policy. */
export const Policy = Type.Object(
  {
    loadMin: share('the fleet is under-used below this average load: consolidate', 0.3),
    loadMax: perDimension('a host is a hot spot above this', 0.8, 0.9, 0.8, 0.9),
    pressureMax: share('vCPU delay (steal) share above which a host is a hot spot', 0.1),
    classes: Type.Object(
      {
        cpu: boundaries(0.3, 0.7),
        mem: boundaries(0.3, 0.7),
        net: boundaries(0.3, 0.7),
        disk: boundaries(0.3, 0.7),
        hysteresis: share('how far a load must pass back over a boundary before the class falls', 0.05),
        dwellSeconds: count('how long a load must stay beyond a boundary before the class changes', 60),
      },
      { additionalProperties: false, default: {} },
    ),
    hotspot: Type.Object(
      {
        samples: count('looks at the last n samples', 5, 1),
        over: count('a hot spot when k of them are over loadMax', 3, 1),
        clearBelow: share('clears this far under loadMax', 0.05),
        confidence: share('a predicted hot spot needs at least this probability', 0.8),
      },
      { additionalProperties: false, default: {} },
    ),
    coldspotMinutes: positive('a cold spot stays under loadMin at least this long', 15),
    horizonMinutes: positive('how far ahead forecasts are used', 30),
    classChangePrecision: share('class changes are announced at this precision or better', 0.6),
    staleSeconds: positive('older data is stale and blocks advice', 45),
    weights: perDimension('how much each dimension counts in the balance', 1, 1, 0.5, 0.25),
    margin: share('a plan leaves this much room under loadMax on every host', 0.05),
    minimumGain: share('nothing moves for a smaller fall of the imbalance', 0.02),
    imbalanceMax: share('the fleet is out of balance when the spread of load over hosts passes this', 0.2),
    cooldown: Type.Object(
      {
        minutes: positive('a VM that moved rests this long', 30),
        factor: Type.Number({
          minimum: 1,
          default: 2,
          description: 'each further move within the window multiplies the rest',
        }),
        windowHours: positive('moves are remembered this long, cycles are looked for in it', 72),
      },
      { additionalProperties: false, default: {} },
    ),
    reserve: Type.Object(
      {
        hosts: count('that many hosts may fail and all VMs still fit', 1),
        share: share('of the capacity that is switched on stays free when consolidating', 0.15),
      },
      { additionalProperties: false, default: {} },
    ),
    consolidation: Type.Object(
      {
        enabled: Type.Boolean({ default: true }),
        restMinutes: positive('between switching a host on and consolidating again', 60),
        minimumHosts: count('hosts that always stay on', 1, 1),
      },
      { additionalProperties: false, default: {} },
    ),
    overcommit: Type.Object(
      {
        cpu: positive('vCPUs per logical CPU', 8),
        mem: positive('VM memory per host memory', 1),
        hostReservedBytes: Type.Number({
          minimum: 0,
          default: 536_870_912,
          description: 'memory kept for the host itself',
        }),
      },
      { additionalProperties: false, default: {} },
    ),
    limits: Type.Object(
      {
        perHost: count('migrations at once in or out of one host', 2, 1),
        perLink: count('migrations at once over one NIC', 2, 1),
        total: count('migrations at once in the fleet', 8, 1),
        perPlan: count('moves in one recommendation', 50, 1),
        linkBusy: share('no migration starts on a NIC busier than this', 0.7),
      },
      { additionalProperties: false, default: {} },
    ),
    migration: Type.Object(
      {
        downtimeMs: positive('the downtime that QEMU is asked to keep', 300),
        maximumSeconds: positive(
          'a migration that would take longer is refused or needs another strategy',
          1800,
        ),
        requireTls: Type.Boolean({ default: false }),
        allowPostCopy: Type.Boolean({
          default: false,
          description: 'post-copy loses the VM when the link breaks',
        }),
        allowAutoConverge: Type.Boolean({ default: true }),
        allowCompression: Type.Boolean({
          default: false,
          description: 'xbzrle helps only guests that change little within a page',
        }),
        copyDisksBytesMax: Type.Number({
          minimum: 0,
          default: 107_374_182_400,
          description: 'larger local disks are not copied',
        }),
      },
      { additionalProperties: false, default: {} },
    ),
    recommendationMinutes: positive('a recommendation expires after this', 10),
  },
  {
    $id: 'https://evenkeel.dev/schemas/policy.json',
    additionalProperties: false,
    description: 'What the owners of the fleet want',
  },
);
export type Policy = Static<typeof Policy>;
