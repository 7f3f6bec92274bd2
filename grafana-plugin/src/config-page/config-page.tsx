import { css } from '@emotion/css';
import type { AppPluginMeta, GrafanaTheme2, PluginConfigPageProps } from '@grafana/data';
import { Alert, Button, Field, Input, SecretInput, Stack, useStyles2 } from '@grafana/ui';
import { useState } from 'react';
import { saveSettings, urlProblem, type AppSettings } from './settings.ts';
import { testConnection, type Verdict } from './test-connection.ts';

export type ConfigPageProps = PluginConfigPageProps<AppPluginMeta<AppSettings>>;

export default function ConfigPage({ plugin }: ConfigPageProps) {
  const styles = useStyles2(getStyles);
  const { meta } = plugin;
  const [url, setUrl] = useState(meta.jsonData?.collectorUrl ?? '');
  const [token, setToken] = useState('');
  const [tokenSet, setTokenSet] = useState(meta.secureJsonFields?.collectorToken === true);
  const [verdict, setVerdict] = useState<Verdict | null>(null);
  const [busy, setBusy] = useState(false);
  const inConsole = meta.jsonData?.console === true;
  const problem = url === '' ? null : urlProblem(url);
  const complete = urlProblem(url) === null && (tokenSet || token !== '');

  const test = async () => {
    setBusy(true);
    setVerdict(await testConnection());
    setBusy(false);
  };
  const save = async () => {
    setBusy(true);
    try {
      await saveSettings(meta, { collectorUrl: url.trim() }, tokenSet ? null : token.trim());
      setTokenSet(true);
      setToken('');
      await test();
    } catch {
      setVerdict({
        severity: 'error',
        title: 'Grafana did not save the settings',
        advice: 'Only an admin of the organisation may change them.',
      });
    }
    setBusy(false);
  };

  if (inConsole) {
    return (
      <Alert severity="info" title="Nothing to configure here">
        This console is served by the collector itself. In Grafana this page asks for the collector’s URL and
        token.
      </Alert>
    );
  }
  return (
    <div className={styles.page}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <Field
          label="URL of the collector"
          description="As Grafana’s server reaches it; the browser never talks to it."
          invalid={problem !== null}
          error={problem}
        >
          <Input
            id="collector-url"
            width={60}
            placeholder="http://collector:7070"
            value={url}
            onChange={(event) => {
              setUrl(event.currentTarget.value);
            }}
          />
        </Field>
        <Field
          label="Token"
          description="Kept encrypted by Grafana, never sent to a browser. Make one with “evenkeel token create grafana --role admin --grafana”."
        >
          <SecretInput
            id="collector-token"
            width={60}
            isConfigured={tokenSet}
            value={token}
            onChange={(event) => {
              setToken(event.currentTarget.value);
            }}
            onReset={() => {
              setTokenSet(false);
              setToken('');
            }}
          />
        </Field>
        <Stack>
          <Button type="submit" disabled={busy || !complete}>
            Save and test
          </Button>
          <Button type="button" variant="secondary" disabled={busy || !tokenSet} onClick={() => void test()}>
            Test connection
          </Button>
        </Stack>
      </form>
      {verdict !== null && (
        <Alert severity={verdict.severity} title={verdict.title} data-testid="evenkeel-verdict">
          {verdict.advice}
        </Alert>
      )}
      <section>
        <h3>What Grafana itself needs</h3>
        <ul className={styles.list}>
          <li>
            <code>[feature_toggles] idForwarding = true</code>: Grafana signs who is asking; without it nobody
            can act.
          </li>
          <li>
            <code>[dataproxy] send_user_header = true</code>: the collector’s log names users. It is never
            trusted.
          </li>
          <li>
            <code>[auth.anonymous] enabled = false</code>: an anonymous user has no identity and can only
            look.
          </li>
          <li>
            <code>[plugins] allow_loading_unsigned_plugins</code> names this app and its two panels, as long
            as they are not signed for your instance.
          </li>
        </ul>
      </section>
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  page: css({
    display: 'flex',
    flexDirection: 'column',
    gap: theme.spacing(3),
    maxWidth: 760,
    paddingTop: theme.spacing(2),
  }),
  list: css({ paddingLeft: theme.spacing(2), li: { marginBottom: theme.spacing(1) } }),
});
