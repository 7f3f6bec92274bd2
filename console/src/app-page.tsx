import type { PluginMeta } from '@grafana/data';
import { Alert, LoadingPlaceholder, Tab, TabContent, TabsBar } from '@grafana/ui';
import type { Location } from 'history';
import { useState } from 'react';
import { loadAppPlugin } from './load-plugin.ts';
import { usePlugin } from './use-plugin.ts';

type Props = { meta: PluginMeta; location: Location };

/** The app's own pages, at /a/<id>/... as in Grafana. */
export function AppPage({ meta, location }: Props) {
  const { plugin, error } = usePlugin(loadAppPlugin, meta.module);
  if (error !== null) return <Alert severity="error" title={`The plugin did not load: ${error.message}`} />;
  if (plugin === null) return <LoadingPlaceholder text="Loading" />;
  const Root = plugin.root;
  if (Root === undefined) return <Alert severity="error" title={`${meta.name} has no pages`} />;
  return (
    <Root
      meta={meta}
      basename={`/a/${meta.id}`}
      onNavChanged={() => undefined}
      path={location.pathname}
      query={Object.fromEntries(new URLSearchParams(location.search))}
    />
  );
}

/** The app's configuration pages, at /plugins/<id> as in Grafana. */
export function ConfigPage({ meta, location }: Props) {
  const { plugin, error } = usePlugin(loadAppPlugin, meta.module);
  const [chosen, setChosen] = useState(0);
  if (error !== null) return <Alert severity="error" title={`The plugin did not load: ${error.message}`} />;
  if (plugin === null) return <LoadingPlaceholder text="Loading" />;
  const pages = plugin.configPages ?? [];
  const page = pages[chosen];
  if (page === undefined) return <Alert severity="info" title={`${meta.name} has nothing to configure`} />;
  const Body = page.body;
  return (
    <div style={{ padding: 24 }}>
      <h1>{meta.name}</h1>
      {pages.length > 1 && (
        <TabsBar>
          {pages.map((one, index) => (
            <Tab
              key={one.id}
              label={one.title}
              active={index === chosen}
              onChangeTab={() => {
                setChosen(index);
              }}
            />
          ))}
        </TabsBar>
      )}
      <TabContent>
        <Body
          plugin={Object.assign(plugin, { meta })}
          query={Object.fromEntries(new URLSearchParams(location.search))}
        />
      </TabContent>
    </div>
  );
}
