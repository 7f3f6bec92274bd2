import type { PanelProps } from '@grafana/data';
import { locationService } from '@grafana/runtime';
import { useMemo } from 'react';
import { Loaded } from '../../components/loaded.tsx';
import { useCompactVms, useHosts } from '../../data/fleet.ts';
import { appPath } from '../../plugin-id.ts';
import { Legend } from '../../wall/legend.tsx';
import { Wall } from '../../wall/wall.tsx';
import { wallHosts } from '../../wall/wall-hosts.ts';
import { PanelFrame } from '../panel-frame.tsx';
import type { FleetMapOptions } from './module.tsx';

const legendHeight = 44;

export function FleetMapPanel(props: PanelProps<FleetMapOptions>) {
  return (
    <PanelFrame>
      <Map {...props} />
    </PanelFrame>
  );
}

function Map({ height, options, width }: PanelProps<FleetMapOptions>) {
  const hosts = useHosts();
  const vms = useCompactVms();
  const tiles = useMemo(
    () => (hosts.data === undefined ? [] : wallHosts(hosts.data.items, vms.data, options.measure)),
    [hosts.data, vms.data, options.measure],
  );
  return (
    <Loaded
      query={hosts}
      what="the hosts"
      height={height}
      empty={({ items }) =>
        items.length === 0
          ? { message: 'No hosts yet', advice: 'Name them in the collector’s configuration.' }
          : null
      }
    >
      {() => (
        <>
          {options.legend && (
            <div style={{ height: legendHeight, overflow: 'hidden' }}>
              <Legend />
            </div>
          )}
          <Wall
            hosts={tiles}
            measure={options.measure}
            width={width}
            height={Math.max(60, height - (options.legend ? legendHeight : 0))}
            onOpenHost={(name) => {
              locationService.push(`${appPath}/hosts/${encodeURIComponent(name)}`);
            }}
            onOpenVm={(uuid) => {
              locationService.push(`${appPath}/vms/${uuid}`);
            }}
          />
        </>
      )}
    </Loaded>
  );
}
