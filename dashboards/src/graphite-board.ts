import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';

/** The uid that provisioning/grafana/optional/graphite.yaml gives the data source. */
export const graphiteDataSourceUid = 'evenkeel-graphite';
const dataSource = { type: 'graphite', uid: '${datasource}' };

type Target = { readonly refId: string; readonly graphite?: () => string | null };
type Panel = {
  readonly id?: number;
  readonly targets?: readonly Target[];
  readonly gridPos?: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
};

// The v1 shape, as in board.ts.
/* eslint-disable @typescript-eslint/no-deprecated */
const ownVariant = ['evenkeel-noc', 'evenkeel-host', 'evenkeel-vm', 'evenkeel-collector'];
const variables: Readonly<Record<string, string>> = {
  fleet: 'evenkeel.*',
  host: 'evenkeel.$fleet.host.*',
  vm: 'evenkeel.$fleet.vm.*',
};

/**
 * A dashboard for those who keep samples in Graphite: the panels that Graphite can fill, with the same titles, limits
 * and places. What only InfluxDB keeps (findings, forecasts, moves) is on the pages of the app.
 */
export function graphiteBoard(board: Dashboard): object {
  const place = { x: 0, y: 0, row: 0 };
  const panels = ((board.panels ?? []) as readonly Panel[]).flatMap((panel) => {
    const { targets = [], gridPos } = panel;
    const kept = targets.flatMap(({ refId, graphite }) => {
      const target = graphite?.() ?? null;
      return target === null ? [] : [{ refId, datasource: dataSource, target, textEditor: true }];
    });
    if (targets.length > 0 && kept.length === 0) return [];
    const { w = 12, h = 8 } = gridPos ?? {};
    if (place.x + w > 24) Object.assign(place, { x: 0, y: place.y + place.row, row: 0 });
    const at = { x: place.x, y: place.y, w, h };
    place.x += w;
    place.row = Math.max(place.row, h);
    return [
      { ...panel, gridPos: at, ...(targets.length === 0 ? {} : { datasource: dataSource, targets: kept }) },
    ];
  });
  const list = (board.templating.list ?? []).flatMap((variable): object[] => {
    if (variable.name === 'datasource')
      return [
        {
          ...variable,
          query: 'graphite',
          current: { selected: true, text: 'Evenkeel Graphite', value: graphiteDataSourceUid },
        },
      ];
    const query = variables[variable.name];
    if (query === undefined) return [];
    return [
      { ...variable, datasource: dataSource, query: { target: query, refId: 'values' }, definition: query },
    ];
  });
  const text = JSON.stringify({
    ...board,
    uid: `${board.uid ?? ''}-graphite`,
    title: board.title?.replace('Evenkeel /', 'Evenkeel (Graphite) /'),
    tags: ['evenkeel-graphite'],
    links: board.links?.map((link) =>
      link.tags.length > 0 ? { ...link, tags: ['evenkeel-graphite'] } : link,
    ),
    annotations: { list: [] },
    templating: { list },
    panels,
  }).replaceAll('InfluxDB', 'Graphite');
  const links = new RegExp(`/d/(${ownVariant.join('|')})\\?`, 'g');
  return JSON.parse(text.replaceAll(links, '/d/$1-graphite?')) as object;
}

export const hasGraphiteVariant = (board: Dashboard): boolean => ownVariant.includes(board.uid ?? '');
