import {
  applyFieldOverrides,
  createTheme,
  dateTime,
  EventBusSrv,
  FieldType,
  LoadingState,
  toDataFrame,
  type DataFrame,
  type PanelProps,
  type PluginMeta,
} from '@grafana/data';
import { getBackendSrv } from '@grafana/runtime';
import { Alert, LoadingPlaceholder, PanelChrome } from '@grafana/ui';
import { useEffect, useMemo, useState, type ComponentType } from 'react';
import { useParams } from 'react-router-dom';
import { loadPanelPlugin } from './load-plugin.ts';
import { usePlugin } from './use-plugin.ts';

type Vm = { uuid: string; name: string; host: string; load: { cpu: number | null; mem: number | null } };

/** Shows one of the plugin's panels over the frames that a dashboard's query for VMs would give it. */
export function PanelPage({ panels }: { panels: readonly PluginMeta[] }) {
  const { id } = useParams();
  const meta = panels.find((panel) => panel.id === id);
  if (meta === undefined) return <Alert severity="warning" title={`There is no panel “${id ?? ''}” here`} />;
  return <OnePanel key={meta.id} meta={meta} />;
}

function OnePanel({ meta }: { meta: PluginMeta }) {
  const { plugin, error } = usePlugin(loadPanelPlugin, meta.module);
  const { frames, error: dataError } = useVmFrames();
  const range = useMemo(() => {
    const to = dateTime();
    const from = dateTime(to).subtract(1, 'hour');
    return { from, to, raw: { from: 'now-1h', to: 'now' } };
  }, []);
  const [options, setOptions] = useState<object>({});
  const [eventBus] = useState(() => new EventBusSrv());
  if (error !== null) return <Alert severity="error" title={`The panel did not load: ${error.message}`} />;
  if (plugin === null) return <LoadingPlaceholder text="Loading" />;
  const Panel = plugin.panel as ComponentType<PanelProps<object>> | null;
  if (Panel === null) return <Alert severity="error" title={`${meta.name} exports no panel`} />;
  return (
    <div style={{ padding: 16, flexGrow: 1, minHeight: 400, display: 'flex' }}>
      <Measured>
        {(width, height) => (
          <PanelChrome
            title={meta.name}
            width={width}
            height={height}
            loadingState={dataError === null ? LoadingState.Done : LoadingState.Error}
          >
            {(innerWidth, innerHeight) => (
              <Panel
                id={1}
                data={{ state: LoadingState.Done, series: frames, timeRange: range }}
                timeRange={range}
                timeZone="browser"
                options={{ ...plugin.defaults, ...options }}
                fieldConfig={{ defaults: {}, overrides: [] }}
                transparent={false}
                width={innerWidth}
                height={innerHeight}
                renderCounter={0}
                title={meta.name}
                eventBus={eventBus}
                onOptionsChange={setOptions}
                onFieldConfigChange={() => undefined}
                replaceVariables={(text) => text}
                onChangeTimeRange={() => undefined}
              />
            )}
          </PanelChrome>
        )}
      </Measured>
    </div>
  );
}

function Measured({ children }: { children: (width: number, height: number) => React.ReactNode }) {
  const [element, setElement] = useState<HTMLDivElement | null>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  useEffect(() => {
    if (element === null) return undefined;
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined) setSize({ width: entry.contentRect.width, height: entry.contentRect.height });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
    };
  }, [element]);
  return (
    <div ref={setElement} style={{ flexGrow: 1, minWidth: 0 }}>
      {size.width > 0 && children(size.width, size.height)}
    </div>
  );
}

function useVmFrames(): { frames: DataFrame[]; error: string | null } {
  const [frames, setFrames] = useState<DataFrame[]>([]);
  const [error, setError] = useState<string | null>(null);
  useEffect(() => {
    getBackendSrv()
      .get<{ items: Vm[] }>('/api/plugin-proxy/evenkeel-fleet-app/vms', { limit: 50 })
      .then(
        ({ items }) => {
          const frame = toDataFrame({
            refId: 'A',
            fields: [
              { name: 'uuid', type: FieldType.string, values: items.map((vm) => vm.uuid) },
              { name: 'vm', type: FieldType.string, values: items.map((vm) => vm.name) },
              { name: 'host', type: FieldType.string, values: items.map((vm) => vm.host) },
              { name: 'cpu', type: FieldType.number, values: items.map((vm) => vm.load.cpu) },
              { name: 'mem', type: FieldType.number, values: items.map((vm) => vm.load.mem) },
            ],
          });
          setFrames(
            applyFieldOverrides({
              data: [frame],
              fieldConfig: { defaults: {}, overrides: [] },
              replaceVariables: (text) => text,
              theme: createTheme(),
            }),
          );
        },
        () => {
          setError('The VMs could not be read');
        },
      );
  }, []);
  return { frames, error };
}
