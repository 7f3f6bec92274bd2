import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { ScrollContainer, useStyles2 } from '@grafana/ui';
import { Link } from 'react-router-dom';
import type { ClassChange, Finding } from '../data/api.ts';
import { useFindings } from '../data/advice.ts';
import { useClassChanges } from '../data/fleet.ts';
import { appPath } from '../plugin-id.ts';
import { Loaded } from './loaded.tsx';
import { percent, when } from './words.ts';

/** What is going to be hot, and when; which VMs are about to change class. */
export function ComingUp() {
  const styles = useStyles2(getStyles);
  const findings = useFindings();
  const changes = useClassChanges();
  const now = Date.now();
  return (
    <aside className={styles.aside} aria-label="What is coming up">
      <ScrollContainer>
        <h2 className={styles.title}>Going to be hot</h2>
        <Loaded query={findings} what="the findings" height={60}>
          {({ items }) => (
            <HotSoon findings={items.filter((finding) => finding.kind === 'hotspot-predicted')} />
          )}
        </Loaded>
        <h2 className={styles.title}>About to change class</h2>
        <Loaded query={changes} what="the class changes" height={60}>
          {({ items }) => (
            <Changes changes={items.filter((change) => change.announced).slice(0, 20)} now={now} />
          )}
        </Loaded>
      </ScrollContainer>
    </aside>
  );
}

function HotSoon({ findings }: { findings: readonly Finding[] }) {
  if (findings.length === 0) return <p>No host, as far as the forecast can see.</p>;
  return (
    <ul>
      {findings.map((finding) => (
        <li key={finding.id}>
          <Link to={`${appPath}/hosts/${encodeURIComponent(finding.subject.id)}`}>
            {finding.subject.name}
          </Link>
          : {finding.message}
        </li>
      ))}
    </ul>
  );
}

function Changes({ changes, now }: { changes: readonly ClassChange[]; now: number }) {
  if (changes.length === 0) return <p>No VM.</p>;
  return (
    <ul>
      {changes.map((change) => (
        <li key={`${change.uuid}-${change.dimension}`}>
          <Link to={`${appPath}/vms/${change.uuid}`}>{change.vm}</Link>: {change.from} to {change.to} by{' '}
          {change.dimension}, {when(change.when, now)} ({percent(change.probability)})
        </li>
      ))}
    </ul>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  aside: css({
    width: 300,
    flexShrink: 0,
    padding: theme.spacing(1, 2),
    borderRadius: theme.shape.radius.default,
    border: `1px solid ${theme.colors.border.weak}`,
    background: theme.colors.background.primary,
    ul: { paddingLeft: theme.spacing(2) },
    p: { color: theme.colors.text.secondary },
  }),
  title: css({ ...theme.typography.h5, marginTop: theme.spacing(1) }),
});
