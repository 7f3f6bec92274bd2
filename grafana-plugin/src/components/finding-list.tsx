import { Badge, type BadgeColor } from '@grafana/ui';
import type { Finding } from '../data/api.ts';
import { when } from './words.ts';

const colors: Record<Finding['severity'], BadgeColor> = { critical: 'red', warning: 'orange', info: 'blue' };

export function FindingList({ findings, now }: { findings: readonly Finding[]; now: number }) {
  if (findings.length === 0) return <p>Nothing to report.</p>;
  return (
    <ul style={{ listStyle: 'none', padding: 0 }}>
      {findings.map((finding) => (
        <li key={finding.id} style={{ marginBottom: 6 }}>
          <Badge text={finding.kind} color={colors[finding.severity]} /> {finding.message}{' '}
          <small>since {when(finding.since, now)}</small>
        </li>
      ))}
    </ul>
  );
}
