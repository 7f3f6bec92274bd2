import { connectSupportsFeature } from '../calls/connect-supports-feature.ts';
import { domainMigratePerform3Params } from '../calls/domain-migrate-perform3-params.ts';
import { domainMigratePerform3 } from '../calls/domain-migrate-perform3.ts';
import { Feature } from '../constants/feature.ts';
import { MigrateFlag } from '../constants/migrate-flag.ts';
import { migrateParameters } from '../constants/migrate-parameter.ts';
import { ErrorCode, LibvirtError } from '../errors/libvirt-error.ts';
import type { DomainRef } from '../wire/domain-ref.ts';
import { type ParameterValue, typedParameter, type TypedParameter } from '../wire/typed-parameter.ts';
import type { Caller } from './caller.ts';

type WireValue<Type> = Type extends 1 ? number : Type extends 4 ? bigint : string;
type Parameters = typeof migrateParameters;

/** Options of a migration, see `migrateParameters`. A list repeats the parameter. */
export type MigrateParameters = {
  readonly [K in keyof Parameters]?:
    WireValue<Parameters[K][1]> | readonly WireValue<Parameters[K][1]>[] | undefined;
};

export interface MigrateOptions extends MigrateParameters {
  /** How the source host reaches the destination's daemon, e.g. `qemu+tls://other.example/system`. */
  readonly destination: string;
  /** Sum of `MigrateFlag`; `peerToPeer` is always in. */
  readonly flags?: number;
}

const names = Object.keys(migrateParameters) as (keyof Parameters)[];

function wireParameters(options: MigrateOptions): TypedParameter[] {
  return names.flatMap((name) => {
    const given = options[name];
    if (given === undefined) return [];
    const [field, type] = migrateParameters[name];
    const values: readonly ParameterValue[] = typeof given === 'object' ? given : [given];
    return values.map((value) => typedParameter(field, type, value));
  });
}

/**
 * Has the source host move a domain (peer-to-peer): one call, which ends when the migration has ended. It has no
 * deadline and occupies one slot of its connection all the while, so give it a connection of its own. If that breaks,
 * the migration goes on; another connection can follow it by its job and abort it.
 */
export async function migrateDomain(caller: Caller, dom: DomainRef, options: MigrateOptions): Promise<void> {
  const flags = ((options.flags ?? 0) | MigrateFlag.peerToPeer) >>> 0;
  const params = wireParameters(options);
  const cookieIn = Buffer.alloc(0);
  const unlimited = { timeoutMs: Infinity };
  const { supported } = await caller.call(connectSupportsFeature, { feature: Feature.migrationParams });
  if (supported) {
    const args = { dom, dconnuri: options.destination, params, cookieIn, flags };
    await caller.call(domainMigratePerform3Params, args, unlimited);
    return;
  }
  const { migrateUri, destinationName, destinationXml, bandwidth } = options;
  const asked = params.filter(({ field }) => !oldParameters.has(field));
  if (asked.length > 0) {
    throw new LibvirtError(
      ErrorCode.notSupported,
      `the host is too old for these parameters of a migration: ${asked.map(({ field }) => field).join(', ')}`,
    );
  }
  const args = {
    dom,
    xmlin: single(destinationXml),
    cookieIn,
    dconnuri: options.destination,
    uri: single(migrateUri),
    flags: BigInt(flags),
    dname: single(destinationName),
    resource: single(bandwidth) ?? 0n,
  };
  await caller.call(domainMigratePerform3, args, unlimited);
}

/** What the call before 2013 could carry. */
const oldParameters: ReadonlySet<string> = new Set([
  'migrate_uri',
  'destination_name',
  'destination_xml',
  'bandwidth',
]);

function single<T extends string | bigint>(value: T | readonly T[] | undefined): T | null {
  return (typeof value === 'object' ? value[0] : value) ?? null;
}
