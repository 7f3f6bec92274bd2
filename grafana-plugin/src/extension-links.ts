import { PluginExtensionPoints, type PluginExtensionPanelContext } from '@grafana/data';
import { appPath } from './plugin-id.ts';

type AlertInstanceContext = { instance?: { labels?: Record<string, string> } };

const labelPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Where a set of labels, as our measurements carry them, leads to; null when they name nothing of ours. */
export function pathFor(labels: Readonly<Record<string, string>>): string | null {
  const { uuid, host } = labels;
  if (uuid !== undefined && labelPattern.test(uuid)) return `${appPath}/vms/${uuid}`;
  if (host !== undefined && host !== '') return `${appPath}/hosts/${encodeURIComponent(host)}`;
  return null;
}

/** The one host or VM that a dashboard is about, by its variables or by the labels of a single series. */
function labelsOfPanel(context: Readonly<PluginExtensionPanelContext> | undefined): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const [name, value] of Object.entries(context?.scopedVars ?? {})) {
    const text: unknown = value?.value;
    if ((name === 'host' || name === 'uuid') && typeof text === 'string') labels[name] = text;
  }
  const [only, ...others] = context?.data?.series ?? [];
  if (only !== undefined && others.length === 0) {
    for (const field of only.fields) Object.assign(labels, field.labels);
  }
  return labels;
}

const title = 'Open in Evenkeel';
const description = 'Opens the page of this host or VM';

export const panelLink = {
  title,
  description,
  targets: [PluginExtensionPoints.DashboardPanelMenu],
  path: `${appPath}/fleet`,
  configure: (context: Readonly<PluginExtensionPanelContext> | undefined) => {
    const path = pathFor(labelsOfPanel(context));
    return path === null ? undefined : { path };
  },
};

export const alertLink = {
  title,
  description,
  targets: ['grafana/alerting/instance/action'],
  path: `${appPath}/fleet`,
  configure: (context: Readonly<AlertInstanceContext> | undefined) => {
    const path = pathFor(context?.instance?.labels ?? {});
    return path === null ? undefined : { path };
  },
};
