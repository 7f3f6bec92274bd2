import { WireRecord } from '../xdr/wire-record.ts';
import { ParameterType, typedParameter, type TypedParameter } from './typed-parameter.ts';

const { int, ullong, boolean, string } = ParameterType;

/** libvirt's fields of a job (VIR_DOMAIN_JOB_*) that have a property here, with their types on the wire. */
const fields = [
  ['operation', int, 'operation'],
  ['time_elapsed', ullong, 'timeElapsed'],
  ['time_elapsed_net', ullong, 'timeElapsedNet'],
  ['time_remaining', ullong, 'timeRemaining'],
  ['downtime', ullong, 'downtime'],
  ['downtime_net', ullong, 'downtimeNet'],
  ['setup_time', ullong, 'setupTime'],
  ['data_total', ullong, 'dataTotal'],
  ['data_processed', ullong, 'dataProcessed'],
  ['data_remaining', ullong, 'dataRemaining'],
  ['memory_total', ullong, 'memoryTotal'],
  ['memory_processed', ullong, 'memoryProcessed'],
  ['memory_remaining', ullong, 'memoryRemaining'],
  ['memory_bps', ullong, 'memoryBps'],
  ['memory_constant', ullong, 'memoryConstant'],
  ['memory_normal', ullong, 'memoryNormal'],
  ['memory_normal_bytes', ullong, 'memoryNormalBytes'],
  ['memory_dirty_rate', ullong, 'memoryDirtyRate'],
  ['memory_iteration', ullong, 'memoryIteration'],
  ['memory_postcopy_requests', ullong, 'memoryPostcopyRequests'],
  ['memory_page_size', ullong, 'memoryPageSize'],
  ['disk_total', ullong, 'diskTotal'],
  ['disk_processed', ullong, 'diskProcessed'],
  ['disk_remaining', ullong, 'diskRemaining'],
  ['disk_bps', ullong, 'diskBps'],
  ['disk_temp_used', ullong, 'diskTempUsed'],
  ['disk_temp_total', ullong, 'diskTempTotal'],
  ['compression_cache', ullong, 'compressionCache'],
  ['compression_bytes', ullong, 'compressionBytes'],
  ['compression_pages', ullong, 'compressionPages'],
  ['compression_cache_misses', ullong, 'compressionCacheMisses'],
  ['compression_overflow', ullong, 'compressionOverflow'],
  ['auto_converge_throttle', int, 'autoConvergeThrottle'],
  ['success', boolean, 'success'],
  ['errmsg', string, 'errorMessage'],
] as const;

type Field = (typeof fields)[number];
type FieldValue<Type> = Type extends typeof ullong
  ? bigint
  : Type extends typeof int
    ? number
    : Type extends typeof boolean
      ? boolean
      : string;

/** What a job (a migration, mostly) reports; times in milliseconds, sizes in bytes, rates per second. */
export type JobStats = {
  /** See `JobType`; in the event of a completed job it is not told and 3 (completed) by nature. */
  readonly type: number;
  /** Fields that have no property here, as they came. */
  readonly other: readonly TypedParameter[];
} & { readonly [F in Field as F[2]]: FieldValue<F[1]> | undefined };

const byName = new Map<string, Field>(fields.map((field) => [field[0], field]));

export function jobStats(type: number, parameters: readonly TypedParameter[]): JobStats {
  const other: TypedParameter[] = [];
  const record = new WireRecord() as unknown as Record<string, unknown>;
  record.type = type;
  for (const [, , property] of fields) record[property] = undefined;
  for (const parameter of parameters) {
    const field = byName.get(parameter.field);
    if (field?.[1] === parameter.type) record[field[2]] = parameter.value;
    else other.push(parameter);
  }
  record.other = other;
  return record as unknown as JobStats;
}

/** The way back: for servers. */
export function jobStatsParameters(stats: Partial<JobStats>): TypedParameter[] {
  const parameters: TypedParameter[] = [];
  for (const [name, type, property] of fields) {
    const value = stats[property];
    if (value !== undefined) parameters.push(typedParameter(name, type, value));
  }
  return [...parameters, ...(stats.other ?? [])];
}
