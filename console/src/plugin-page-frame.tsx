import { css } from '@emotion/css';
import { PageLayoutType, type GrafanaTheme2 } from '@grafana/data';
import type { PluginPageProps } from '@grafana/runtime';
import { useStyles2 } from '@grafana/ui';

/** The page around a plugin's content: title, actions, content, as Grafana frames it. */
export function PluginPageFrame({
  actions,
  children,
  info,
  layout,
  pageNav,
  renderTitle,
  subTitle,
}: PluginPageProps) {
  const styles = useStyles2(getStyles);
  if (layout === PageLayoutType.Custom) return <div className={styles.custom}>{children}</div>;
  const title = pageNav?.text ?? '';
  return (
    <div className={styles.page}>
      <header className={styles.header}>
        <div>
          {title !== '' && (renderTitle?.(title) ?? <h1 className={styles.title}>{title}</h1>)}
          {subTitle !== undefined && <div className={styles.subTitle}>{subTitle}</div>}
        </div>
        {info !== undefined && (
          <dl className={styles.info}>
            {info.map((item) => (
              <div key={item.label}>
                <dt>{item.label}</dt>
                <dd>{item.value}</dd>
              </div>
            ))}
          </dl>
        )}
        {actions !== undefined && <div className={styles.actions}>{actions}</div>}
      </header>
      <div className={styles.content}>{children}</div>
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  page: css({
    display: 'flex',
    flexDirection: 'column',
    flexGrow: 1,
    minHeight: 0,
    padding: theme.spacing(2, 3),
  }),
  custom: css({ display: 'flex', flexDirection: 'column', flexGrow: 1, minHeight: 0 }),
  header: css({
    display: 'flex',
    flexWrap: 'wrap',
    gap: theme.spacing(2),
    alignItems: 'center',
    marginBottom: theme.spacing(2),
  }),
  title: css({ ...theme.typography.h2, margin: 0 }),
  subTitle: css({ color: theme.colors.text.secondary }),
  info: css({
    display: 'flex',
    gap: theme.spacing(3),
    margin: 0,
    dt: { color: theme.colors.text.secondary },
    dd: { margin: 0 },
  }),
  actions: css({ marginLeft: 'auto', display: 'flex', gap: theme.spacing(1) }),
  content: css({ display: 'flex', flexDirection: 'column', flexGrow: 1, minHeight: 0 }),
});
