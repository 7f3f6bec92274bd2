/** A decoded value as it stands in frames.json: bytes as hex, 64-bit integers as strings, no `undefined`. */
export function recordedValue(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value ?? null, function (this: Record<string, unknown>, key, jsoned: unknown) {
      const raw = this[key];
      return Buffer.isBuffer(raw) ? `hex:${raw.toString('hex')}` : jsoned;
    }),
  );
}
