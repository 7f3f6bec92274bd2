import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import * as libvirt from '../../src/index.ts';
import { jobStats, ParameterType, typedParameter } from '../../src/protocol.ts';

/** As published by libvirt-dev, see capture-constants.ts. */
const published = JSON.parse(readFileSync(join(import.meta.dirname, 'constants.json'), 'utf8')) as Record<
  string,
  number | string
>;

/** Where our words differ from libvirt's: ours, theirs (without the prefix of the enum). */
const tables: [table: Readonly<Record<string, number>>, prefix: string, differing: Record<string, string>][] = [
  [libvirt.StatsGroup, 'VIR_DOMAIN_STATS_', { dirtyRate: 'DIRTYRATE' }],
  [libvirt.DomainFilter, 'VIR_CONNECT_LIST_DOMAINS_', {}],
  [libvirt.StatsFlag, 'VIR_CONNECT_GET_ALL_DOMAINS_STATS_', { noWait: 'NOWAIT', enforce: 'ENFORCE_STATS' }],
  [libvirt.DomainState, 'VIR_DOMAIN_', { noState: 'NOSTATE', pmSuspended: 'PMSUSPENDED' }],
  [
    libvirt.MigrateFlag,
    'VIR_MIGRATE_',
    {
      peerToPeer: 'PEER2PEER',
      persistDestination: 'PERSIST_DEST',
      nonSharedIncremental: 'NON_SHARED_INC',
      postCopy: 'POSTCOPY',
      postCopyResume: 'POSTCOPY_RESUME',
      zeroCopy: 'ZEROCOPY',
    },
  ],
  [libvirt.JobType, 'VIR_DOMAIN_JOB_', {}],
  [libvirt.JobOperation, 'VIR_DOMAIN_JOB_OPERATION_', {}],
  [libvirt.Lifecycle, 'VIR_DOMAIN_EVENT_', { pmSuspended: 'PMSUSPENDED' }],
  [libvirt.EventId, 'VIR_DOMAIN_EVENT_ID_', {}],
  [
    libvirt.LibvirtErrorNumber,
    'VIR_ERR_',
    {
      internal: 'INTERNAL_ERROR',
      invalidArgument: 'INVALID_ARG',
      system: 'SYSTEM_ERROR',
      migrateUnsafe: 'MIGRATE_UNSAFE',
    },
  ],
  [ParameterType, 'VIR_TYPED_PARAM_', {}],
];

function upperSnake(word: string): string {
  return word.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

describe('numbers and names that libvirt publishes', () => {
  for (const [table, prefix, differing] of tables) {
    test(prefix, () => {
      for (const [name, value] of Object.entries(table)) {
        const theirs = prefix + (differing[name] ?? upperSnake(name));
        assert.ok(theirs in published, `libvirt publishes no ${theirs}`);
        // The published flag 1 << 31 is negative there: it is a C int.
        assert.equal(value, Number(published[theirs]) >>> 0, theirs);
      }
    });
  }

  test('VIR_MIGRATE_PARAM_', () => {
    const names = new Set(
      Object.entries(published)
        .filter(([name]) => name.startsWith('VIR_MIGRATE_PARAM_'))
        .map(([, value]) => value),
    );
    const { int, ullong, string } = ParameterType;
    // The types stand in libvirt's prose only.
    assert.deepEqual(
      Object.fromEntries(Object.values(libvirt.migrateParameters)),
      {
        migrate_uri: string,
        destination_name: string,
        destination_xml: string,
        persistent_xml: string,
        graphics_uri: string,
        listen_address: string,
        migrate_disks: string,
        disks_uri: string,
        disks_port: int,
        compression: string,
        'compression.xbzrle.cache': ullong,
        'compression.mt.level': int,
        'compression.mt.threads': int,
        'compression.mt.dthreads': int,
        'tls.destination': string,
        bandwidth: ullong,
        'bandwidth.postcopy': ullong,
        'auto_converge.initial': int,
        'auto_converge.increment': int,
        'parallel.connections': int,
      },
    );
    assert.deepEqual(new Set(Object.values(libvirt.migrateParameters).map(([name]) => name)), names);
  });

  test('VIR_DOMAIN_JOB_: every field has a property, named after it', () => {
    const ints = new Set(['operation', 'auto_converge_throttle']);
    for (const [name, field] of Object.entries(published)) {
      if (!name.startsWith('VIR_DOMAIN_JOB_') || typeof field !== 'string') continue;
      const parameter = ints.has(field)
        ? typedParameter(field, 1, 7)
        : field === 'success'
          ? typedParameter(field, 6, true)
          : field === 'errmsg'
            ? typedParameter(field, 7, 'no')
            : typedParameter(field, 4, 7n);
      const stats = jobStats(3, [parameter]) as unknown as Record<string, unknown>;
      const property = field === 'errmsg' ? 'errorMessage' : field.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
      assert.equal(stats[property], parameter.value, field);
      assert.deepEqual(stats.other, []);
    }
  });

  test('numbers that libvirt does not publish', () => {
    // virDrvFeature and virNetServerServiceAuthMethods, from libvirt's sources.
    assert.deepEqual(libvirt.Feature, {
      peerToPeer: 4,
      migrationV3: 6,
      keepalive: 10,
      migrationParams: 13,
      eventCallback: 14,
      closeCallback: 15,
    });
    assert.deepEqual(libvirt.AuthType, { none: 0, sasl: 1, polkit: 2 });
    assert.deepEqual(libvirt.Program, { remote: 0x20008086, qemu: 0x20008087, keepalive: 0x6b656570 });
    assert.deepEqual(libvirt.Keepalive, { ping: 1, pong: 2 });
    assert.equal(libvirt.pingPacket.toString('hex'), '0000001c6b65657000000001000000010000000200000000' + '00000000');
    assert.equal(libvirt.pongPacket.toString('hex'), '0000001c6b65657000000001000000020000000200000000' + '00000000');
  });
});
