import type { AppRootProps } from '@grafana/data';
import { PluginPage } from '@grafana/runtime';
import { EmptyState, LinkButton } from '@grafana/ui';
import { mayAct } from '../role.ts';
import { pluginId } from '../plugin-id.ts';
import type { AppSettings } from './settings.ts';

export function useConfigured(meta: AppRootProps['meta']): boolean {
  const settings = meta.jsonData as AppSettings | undefined;
  return settings?.console === true || (settings?.collectorUrl ?? '') !== '';
}

export function NotConfigured() {
  return (
    <PluginPage>
      <EmptyState
        variant="call-to-action"
        message="Evenkeel does not know its collector yet"
        button={
          mayAct('Admin') ? (
            <LinkButton href={`/plugins/${pluginId}`} icon="cog">
              Configure
            </LinkButton>
          ) : undefined
        }
      >
        {mayAct('Admin')
          ? 'Give the URL of the collector and a token made with “evenkeel token create grafana --role admin --grafana”.'
          : 'Ask an admin of this Grafana to set the URL and the token of the collector.'}
      </EmptyState>
    </PluginPage>
  );
}
