import type { DataFrame } from '@grafana/data';

const uuidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The VMs that a query found: from a field named uuid, or from the label that InfluxDB's tag became. */
export function uuidsOf(frames: readonly DataFrame[], most: number): string[] {
  const found = new Set<string>();
  for (const { fields } of frames) {
    for (const field of fields) {
      if (field.name.toLowerCase() === 'uuid') {
        for (const value of field.values as unknown[]) found.add(String(value));
      }
      const label = field.labels?.uuid;
      if (label !== undefined) found.add(label);
    }
  }
  return [...found].filter((uuid) => uuidPattern.test(uuid)).slice(0, most);
}
