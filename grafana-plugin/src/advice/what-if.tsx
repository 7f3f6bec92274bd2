import { Alert, Button, Stack } from '@grafana/ui';
import { useState } from 'react';
import { Effects } from '../components/effects.tsx';
import { HostsField } from '../components/hosts-field.tsx';
import { Loaded } from '../components/loaded.tsx';
import { SliderField } from '../components/slider-field.tsx';
import { count } from '../components/words.ts';
import { usePolicy, useWhatIf } from '../data/advice.ts';
import { useHosts } from '../data/fleet.ts';

/** What would be advised if things were otherwise; nothing is changed by asking. */
export function WhatIf() {
  const policy = usePolicy();
  const hosts = useHosts();
  const whatIf = useWhatIf();
  const [loadMax, setLoadMax] = useState<number | null>(null);
  const [loadMin, setLoadMin] = useState<number | null>(null);
  const [without, setWithout] = useState<string[]>([]);
  const [drain, setDrain] = useState<string[]>([]);
  const [load, setLoad] = useState(100);
  const [more, setMore] = useState(0);
  const names = (hosts.data?.items ?? []).map(({ name }) => name);
  const like = names.find((name) => !without.includes(name)) ?? names[0];
  return (
    <section aria-label="What if">
      <h3>What if</h3>
      <Loaded query={policy} what="the policy" height={160}>
        {(now) => {
          const max = loadMax ?? Math.round(now.loadMax.cpu * 100);
          const min = loadMin ?? Math.round(now.loadMin * 100);
          return (
            <Stack direction="column" gap={1}>
              <SliderField
                id="what-if-load-max"
                label={`loadMax for CPU: ${String(max)} %`}
                min={30}
                max={100}
                value={max}
                onChange={setLoadMax}
              />
              <SliderField
                id="what-if-load-min"
                label={`loadMin: ${String(min)} %`}
                min={0}
                max={70}
                value={min}
                onChange={setLoadMin}
              />
              <SliderField
                id="what-if-load"
                label={`Load of all VMs: ${String(load)} %`}
                min={10}
                max={300}
                value={load}
                onChange={setLoad}
              />
              <SliderField
                id="what-if-add"
                label={`${count(more, 'host joins', 'hosts join')}${like === undefined ? '' : `, like ${like}`}`}
                min={0}
                max={10}
                value={more}
                onChange={setMore}
              />
              <HostsField
                id="what-if-without"
                label="These hosts are gone"
                hosts={names}
                chosen={without}
                onChange={setWithout}
              />
              <HostsField
                id="what-if-drain"
                label="These hosts are emptied"
                hosts={names}
                chosen={drain}
                onChange={setDrain}
              />
              <div>
                <Button
                  disabled={whatIf.isPending}
                  onClick={() => {
                    whatIf.mutate({
                      policy: { ...now, loadMin: min / 100, loadMax: { ...now.loadMax, cpu: max / 100 } },
                      without,
                      drain,
                      loadFactor: load / 100,
                      ...(like === undefined ? {} : { add: newHosts(names, like, more) }),
                    });
                  }}
                >
                  Ask
                </Button>
              </div>
            </Stack>
          );
        }}
      </Loaded>
      {whatIf.error !== null && <Alert severity="error" title={whatIf.error.message} />}
      {whatIf.data !== undefined && (
        <section aria-label="Answer" data-testid="evenkeel-what-if">
          {whatIf.data.problems.map((problem) => (
            <Alert key={problem} severity="warning" title={problem} />
          ))}
          <p>
            {count(whatIf.data.recommendations.length, 'recommendation', 'recommendations')} would be made.
          </p>
          {whatIf.data.recommendations.map((one) => (
            <details key={one.id}>
              <summary>{one.reason}</summary>
              <Effects effects={one.effects} />
            </details>
          ))}
          {whatIf.data.effects.length > 0 && <Effects effects={whatIf.data.effects} />}
        </section>
      )}
    </section>
  );
}

/** So many hosts like one that is there, under names that are free. */
function newHosts(names: readonly string[], like: string, wanted: number): { name: string; like: string }[] {
  const taken = new Set(names);
  const hosts: { name: string; like: string }[] = [];
  for (let i = 1; hosts.length < wanted; i++) {
    const name = `new-${String(i)}`;
    if (!taken.has(name)) hosts.push({ name, like });
  }
  return hosts;
}
