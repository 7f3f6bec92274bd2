/**
 * The one rule for 64-bit integers: 64 bits on the wire are a `bigint` in TypeScript and a decimal string in JSON,
 * always; everything shorter is a `number` in both. (The mapping that Protocol Buffers chose, for the same reason:
 * `cpu.time` in nanoseconds passes 2^53 after 104 vCPU-days.) Every record that holds a 64-bit integer is a
 * WireRecord, so `JSON.stringify` of any result works and loses nothing.
 */
export class WireRecord {
  toJSON(): Record<string, unknown> {
    const plain: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(this) as [string, unknown][]) plain[key] = jsonValue(value);
    return plain;
  }
}

function jsonValue(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (Array.isArray(value) && typeof value[0] === 'bigint') return value.map(jsonValue);
  return value;
}
