import { EventBusSrv, standardEditorsRegistry } from '@grafana/data';
import {
  setAppEvents,
  setBackendSrv,
  setEchoSrv,
  setLocationSrv,
  setPluginLinksHook,
  setTemplateSrv,
  locationService,
} from '@grafana/runtime';
import { setPluginPage } from 'grafana-runtime/plugin-page';
import { createBackendSrv } from './backend-srv.ts';
import { PluginPageFrame } from './plugin-page-frame.tsx';

const editorIds = ['boolean', 'number', 'radio', 'select', 'multi-select', 'text', 'slider', 'color'];

/** Fills in the services that Grafana sets up before it loads a plugin. */
export function provideGrafanaServices(csrfToken: string): EventBusSrv {
  // The console has no panel editor; a panel still names editors when it states its options' defaults.
  standardEditorsRegistry.setInit(() => editorIds.map((id) => ({ id, name: id, editor: () => null })));
  const events = new EventBusSrv();
  setAppEvents(events);
  setBackendSrv(createBackendSrv(csrfToken));
  setEchoSrv({
    flush: () => undefined,
    addBackend: () => undefined,
    addEvent: () => undefined,
  });
  setLocationSrv(locationService);
  setPluginPage(PluginPageFrame);
  setPluginLinksHook(() => ({ links: [], isLoading: false }));
  setTemplateSrv({
    getVariables: () => [],
    replace: (target?: string) => target ?? '',
    containsTemplate: () => false,
    updateTimeRange: () => undefined,
  });
  return events;
}
