import { css } from '@emotion/css';
import { AppEvents, type EventBus, type GrafanaTheme2 } from '@grafana/data';
import { Alert, useStyles2, type AlertVariant } from '@grafana/ui';
import { useEffect, useState } from 'react';

type Toast = { id: number; severity: AlertVariant; title: string; text: string };

const shownMilliseconds = 8000;
const most = 5;

/** Shows the notices that a plugin publishes through Grafana's event bus. */
export function Toasts({ events }: { events: EventBus }) {
  const styles = useStyles2(getStyles);
  const [toasts, setToasts] = useState<Toast[]>([]);
  useEffect(() => {
    let next = 0;
    const timers = new Set<number>();
    const show = (severity: AlertVariant) => (event: { payload?: unknown }) => {
      const [title, text] = Array.isArray(event.payload) ? (event.payload as unknown[]) : [];
      const id = next++;
      setToasts((now) => [
        ...now.slice(1 - most),
        { id, severity, title: textOf(title), text: textOf(text) },
      ]);
      timers.add(
        window.setTimeout(() => {
          setToasts((now) => now.filter((toast) => toast.id !== id));
        }, shownMilliseconds),
      );
    };
    const subscriptions = [
      events.subscribe({ type: AppEvents.alertSuccess.name } as never, show('success')),
      events.subscribe({ type: AppEvents.alertWarning.name } as never, show('warning')),
      events.subscribe({ type: AppEvents.alertError.name } as never, show('error')),
      events.subscribe({ type: AppEvents.alertInfo.name } as never, show('info')),
    ];
    return () => {
      for (const subscription of subscriptions) subscription.unsubscribe();
      for (const timer of timers) window.clearTimeout(timer);
    };
  }, [events]);
  return (
    <div className={styles.stack} aria-live="polite">
      {toasts.map((toast) => (
        <Alert
          key={toast.id}
          elevated
          severity={toast.severity}
          title={toast.title}
          onRemove={() => {
            setToasts((now) => now.filter((other) => other.id !== toast.id));
          }}
        >
          {toast.text}
        </Alert>
      ))}
    </div>
  );
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const getStyles = (theme: GrafanaTheme2) => ({
  stack: css({
    position: 'fixed',
    top: theme.spacing(7),
    right: theme.spacing(2),
    width: 400,
    zIndex: theme.zIndex.portal,
  }),
});
