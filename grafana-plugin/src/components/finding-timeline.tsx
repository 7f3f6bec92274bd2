import { dateTimeFormat } from '@grafana/data';
import { useTheme2 } from '@grafana/ui';
import type { Finding } from '../data/api.ts';
import type { Span } from '../data/fleet.ts';
import { timeTicks } from './chart-paths.ts';

const rowHeight = 18;
const nameWidth = 190;
const mostRows = 200;

type Row = { key: string; name: string; kind: string; findings: Finding[] };

/** What was hot, cold, abrupt or stale, and for how long: a row for each host or VM and kind of finding. */
export function FindingTimeline({
  findings,
  span,
  width,
}: {
  findings: readonly Finding[];
  span: Span;
  width: number;
}) {
  const theme = useTheme2();
  const rows = rowsOf(
    findings.filter((finding) => finding.since < span.to && (finding.until ?? Infinity) > span.from),
  );
  if (rows.length === 0) return <p>Nothing was found in this time.</p>;
  const room = Math.max(100, width - nameWidth - 10);
  const x = (at: number): number =>
    ((Math.min(span.to, Math.max(span.from, at)) - span.from) / (span.to - span.from)) * room;
  const color = {
    critical: theme.colors.error.main,
    warning: theme.colors.warning.main,
    info: theme.colors.info.main,
  };
  return (
    <div
      style={{ maxHeight: 480, overflowY: 'auto' }}
      tabIndex={0}
      role="region"
      aria-label="Findings over time"
    >
      <svg width={width} height={rows.length * rowHeight + 24}>
        {timeTicks(span.from, span.to, room).map((tick) => (
          <text
            key={tick}
            x={nameWidth + x(tick)}
            y={12}
            textAnchor="middle"
            fontSize={11}
            fill={theme.colors.text.secondary}
          >
            {dateTimeFormat(tick, { format: 'HH:mm' })}
          </text>
        ))}
        {rows.map((row, index) => (
          <g key={row.key} transform={`translate(0,${String(24 + index * rowHeight)})`}>
            <text x={0} y={12} fontSize={11} fill={theme.colors.text.primary}>
              {`${row.name} ${row.kind}`.slice(0, 30)}
            </text>
            {row.findings.map((finding) => (
              <rect
                key={finding.id}
                x={nameWidth + x(finding.since)}
                width={Math.max(2, x(finding.until ?? span.to) - x(finding.since))}
                y={2}
                height={rowHeight - 5}
                rx={2}
                fill={color[finding.severity]}
              >
                <title>{finding.message}</title>
              </rect>
            ))}
          </g>
        ))}
      </svg>
    </div>
  );
}

function rowsOf(findings: readonly Finding[]): Row[] {
  const rows = new Map<string, Row>();
  for (const finding of findings) {
    const key = `${finding.kind}/${finding.subject.id}`;
    const row = rows.get(key) ?? { key, name: finding.subject.name, kind: finding.kind, findings: [] };
    row.findings.push(finding);
    rows.set(key, row);
  }
  return [...rows.values()].slice(0, mostRows);
}
