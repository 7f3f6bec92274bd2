import { PluginPage } from '@grafana/runtime';
import { Badge, Stack } from '@grafana/ui';
import { useState } from 'react';
import { useParams } from 'react-router-dom';
import { ActionButton } from '../components/action-button.tsx';
import { ConnectionBadge } from '../components/connection-badge.tsx';
import { Facts } from '../components/facts.tsx';
import { FindingsAbout } from '../components/findings-about.tsx';
import { LoadHistory } from '../components/load-history.tsx';
import { Loaded } from '../components/loaded.tsx';
import { TimeSpanPicker, useTimeSpan } from '../components/time-span.tsx';
import { useNow } from '../components/use-now.ts';
import { VmTable } from '../components/vm-table.tsx';
import { bytes, percent, when } from '../components/words.ts';
import { usePolicy } from '../data/advice.ts';
import { useHost, useVmsOn } from '../data/fleet.ts';
import { DrainDrawer } from '../migrate/drain-drawer.tsx';
import { appPath } from '../plugin-id.ts';
import { whyNot } from '../role.ts';
import { stateName, stateSign } from '../wall/wall-colors.ts';

export default function HostPage() {
  const { name = '' } = useParams();
  const { span, range, setRaw } = useTimeSpan();
  const now = useNow();
  const host = useHost(name);
  const vms = useVmsOn(name);
  const policy = usePolicy();
  const [draining, setDraining] = useState(false);
  return (
    <PluginPage
      pageNav={{ text: name, parentItem: { text: 'Fleet', url: `${appPath}/fleet` } }}
      actions={
        <>
          <ConnectionBadge />
          <TimeSpanPicker range={range} onChange={setRaw} />
          <ActionButton
            icon="arrow-from-right"
            blockedBy={
              whyNot('Admin', 'Draining a host') ??
              (host.data?.maintenance === true ? 'It is draining already' : null)
            }
            onClick={() => {
              setDraining(true);
            }}
          >
            Drain
          </ActionButton>
        </>
      }
    >
      <Stack direction="column" gap={2}>
        <Loaded query={host} what={`host ${name}`} height={110}>
          {(one) => (
            <>
              <Stack>
                {one.states.length === 0 ? (
                  <Badge text="normal" color="green" />
                ) : (
                  one.states.map((state) => (
                    <Badge
                      key={state}
                      text={`${stateSign[state]} ${stateName[state]}`}
                      color={state === 'hot' || state === 'abrupt' ? 'red' : 'orange'}
                    />
                  ))
                )}
              </Stack>
              <Facts
                label="Host"
                facts={[
                  [
                    'Load',
                    `CPU ${percent(one.load.cpu)}, memory ${percent(one.load.mem)}, network ${percent(one.load.net)}, pressure ${percent(one.pressure, 1)}`,
                  ],
                  [
                    `In ${String(one.forecast.minutes)} min`,
                    `CPU ${percent(one.forecast.load.cpu)}, memory ${percent(one.forecast.load.mem)}`,
                  ],
                  ['Gives', `${String(one.capacity.cpuCores)} CPUs, ${bytes(one.capacity.memBytes)} memory`],
                  [
                    'Stands in',
                    [one.zone, one.rack].filter((place) => place !== null).join(', ') ||
                      'no zone or rack given',
                  ],
                  ['Last read', one.sampledAt === null ? 'never' : when(one.sampledAt, now)],
                ]}
              />
            </>
          )}
        </Loaded>
        <FindingsAbout subject={name} now={now} />
        <LoadHistory
          type="host"
          id={name}
          span={span}
          thresholds={(dimension) =>
            policy.data === undefined ? [] : [{ value: policy.data.loadMax[dimension], label: 'loadMax' }]
          }
        />
        <section aria-label="VMs on this host">
          <h3>VMs</h3>
          <Loaded query={vms} what="the VMs" height={300}>
            {({ items }) => <VmTable vms={items} now={now} />}
          </Loaded>
        </section>
      </Stack>
      {draining && (
        <DrainDrawer
          host={name}
          onClose={() => {
            setDraining(false);
          }}
        />
      )}
    </PluginPage>
  );
}
