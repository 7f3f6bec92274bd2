import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Alert, Button, Field, Input, useStyles2 } from '@grafana/ui';
import { useState, type SyntheticEvent } from 'react';
import { login } from './session.ts';

/** A token becomes an http-only cookie; it is kept nowhere in the page. `npm start` prints one, and a link with it. */
export function LoginPage() {
  const styles = useStyles2(getStyles);
  const [token, setToken] = useState('');
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event: SyntheticEvent) => {
    event.preventDefault();
    setBusy(true);
    const refusal = await login(token.trim()).catch(
      () => 'The collector cannot be reached. Is it still running?',
    );
    setBusy(false);
    if (refusal === null) window.location.reload();
    else setError(refusal);
  };
  return (
    <main className={styles.page}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          void submit(event);
        }}
      >
        <h1 className={styles.title}>Evenkeel</h1>
        <p>Log in with a token of the collector. Make one with “evenkeel token create NAME --role admin”.</p>
        {error !== null && <Alert severity="error" title={error} />}
        <Field label="Token" noMargin>
          <Input
            id="token"
            type="password"
            autoComplete="current-password"
            autoFocus
            value={token}
            onChange={(event) => {
              setToken(event.currentTarget.value);
            }}
          />
        </Field>
        <Button type="submit" disabled={busy || token.trim() === ''}>
          Log in
        </Button>
      </form>
    </main>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  page: css({
    display: 'grid',
    placeItems: 'center',
    minHeight: '100vh',
    background: theme.colors.background.canvas,
  }),
  form: css({
    display: 'flex',
    flexDirection: 'column',
    gap: theme.spacing(2),
    width: 'min(420px, 90vw)',
    padding: theme.spacing(4),
    borderRadius: theme.shape.radius.default,
    border: `1px solid ${theme.colors.border.weak}`,
    background: theme.colors.background.primary,
  }),
  title: css({ ...theme.typography.h2, margin: 0 }),
});
