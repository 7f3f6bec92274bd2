import { dimensions, type Dimension } from '../../collector/src/fleet/load.ts';
import type { FindingKind } from '../../collector/src/fleet/finding.ts';

type Snake<Text extends string> = Text extends `${infer Head}-${infer Tail}`
  ? `${Head}_${Snake<Tail>}`
  : Text;
type FindingLevel = Snake<FindingKind>;

/** What the collector writes, as docs/telemetry.md tells it: a query that names anything else does not compile. */
export type Fields = {
  host:
    | Dimension
    | Rates
    | 'pressure'
    | 'vms'
    | 'vms_stale'
    | 'fresh'
    | 'age_seconds'
    | 'on'
    | 'maintenance'
    | 'troubles'
    | 'capacity_cpu_cores'
    | 'capacity_mem_bytes'
    | 'poll_seconds'
    | 'polls'
    | 'poll_errors'
    | 'polls_late';
  vm:
    | Dimension
    | Rates
    | 'pressure'
    | 'class_level'
    | 'fresh'
    | 'running'
    | 'state'
    | 'vcpus'
    | 'mem_maximum_bytes'
    | 'mem_current_bytes'
    | 'mem_trusted'
    | 'dirty_bytes_per_second';
  forecast:
    | `${Dimension}_${5 | 30}m`
    | `${Dimension}_${5 | 30}m_${'low' | 'high'}`
    | `${Dimension}_class_change_${'probability' | 'minutes' | 'announced'}`
    | `${Dimension}_class_from`;
  finding: FindingLevel | `${FindingLevel}_count` | 'message';
  recommendation:
    | 'open'
    | 'moves'
    | 'most_urgent'
    | 'kind'
    | 'priority'
    | 'reason'
    | 'gain'
    | 'bytes'
    | 'seconds'
    | 'downtime_seconds';
  migration:
    | 'id'
    | 'to'
    | 'stage'
    | 'running'
    | 'failed'
    | 'priority'
    | 'attempt'
    | 'forecast_seconds'
    | 'forecast_downtime_seconds'
    | 'forecast_bytes'
    | 'seconds'
    | 'downtime_seconds'
    | 'bytes'
    | 'bytes_per_second'
    | 'bytes_remaining'
    | 'dirty_bytes_per_second'
    | 'error';
  collector:
    | 'resident_bytes'
    | 'cpu_seconds'
    | 'loop_delay_seconds'
    | 'hosts'
    | 'hosts_fresh'
    | 'vms'
    | 'vms_fresh'
    | `${'influxdb' | 'graphite'}_${'up' | 'stored' | 'refused' | 'lost' | 'spool_points' | 'spool_bytes' | 'spool_age_seconds'}`;
};
type Rates =
  | 'cpu_cores'
  | 'mem_bytes'
  | 'net_rx_bytes_per_second'
  | 'net_tx_bytes_per_second'
  | 'disk_read_bytes_per_second'
  | 'disk_write_bytes_per_second'
  | 'disk_requests_per_second';

export type Measurement = keyof Fields;
export type Tag = 'fleet' | 'host' | 'vm' | 'uuid' | 'class';

export { dimensions, type Dimension };

export const findingLevel = (kind: FindingKind): FindingLevel => kind.replaceAll('-', '_') as FindingLevel;
