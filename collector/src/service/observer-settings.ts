import type { LoadedConfig } from '../config/load-config.ts';
import type { Policy } from '../fleet/policy.ts';
import type { ObserverSettings } from '../observe/observer.ts';

export function observerSettings({ config }: LoadedConfig, policy: Policy): ObserverSettings {
  const { polling, fleet } = config;
  return {
    fleet: fleet.name,
    hosts: fleet.hosts,
    rules: fleet.vms,
    staleMs: policy.staleSeconds * 1000,
    polling: {
      intervalMs: polling.intervalSeconds * 1000,
      deadlineMs: polling.deadlineSeconds * 1000,
      turns: polling.everyIntervals,
      sharedStorage: polling.sharedStorage,
      dirtyRate: {
        enabled: polling.dirtyRate.enabled,
        everyMs: polling.dirtyRate.everyMinutes * 60_000,
        sampleSeconds: polling.dirtyRate.sampleSeconds,
        perHost: polling.dirtyRate.perHost,
      },
    },
  };
}
