import { Type } from 'typebox';
import { dimensions } from '../../fleet/load.ts';
import { HistoryQuery, rangeOf } from '../history-query.ts';
import { History } from '../history.ts';
import { page, pageOf, PageQuery, SnapshotMark } from '../page.ts';
import { sorted } from '../sorted.ts';
import { HostState, HostView } from '../views.ts';
import type { RouteSet } from './route-set.ts';

const HostName = Type.Object({ name: Type.String({ minLength: 1, maxLength: 253 }) });

const HostQuery = Type.Object(
  {
    ...PageQuery,
    state: Type.Optional(HostState),
    zone: Type.Optional(Type.String()),
    rack: Type.Optional(Type.String()),
    group: Type.Optional(Type.String()),
    q: Type.Optional(Type.String({ maxLength: 253, description: 'part of the name' })),
    sort: Type.Enum(['name', 'vms', 'pressure', ...dimensions], { default: 'name' }),
    order: Type.Enum(['asc', 'desc'], { default: 'asc' }),
  },
  { additionalProperties: false },
);

export const hostRoutes: RouteSet = (app, { services, reader, now }) => {
  app.get(
    '/hosts',
    {
      config: { role: 'viewer' },
      schema: {
        tags: ['fleet'],
        summary: 'All hosts, with what is judged of them',
        querystring: HostQuery,
        response: { 200: Type.Object({ ...SnapshotMark, ...pageOf(HostView).properties }) },
      },
    },
    ({ query }) => {
      const view = reader.view();
      const wanted = query.q?.toLowerCase();
      const matching = view
        .hostViews()
        .filter(
          (host) =>
            (query.state === undefined || host.states.includes(query.state)) &&
            (query.zone === undefined || host.zone === query.zone) &&
            (query.rack === undefined || host.rack === query.rack) &&
            (query.group === undefined || host.groups.includes(query.group)) &&
            (wanted === undefined || host.name.toLowerCase().includes(wanted)),
        );
      const { sort } = query;
      const ordered = sorted(
        matching,
        (host) =>
          sort === 'name'
            ? host.name
            : sort === 'vms'
              ? host.vmCount
              : sort === 'pressure'
                ? host.pressure
                : host.load[sort],
        query.order,
      );
      return { at: view.snapshot.at, sequence: view.snapshot.sequence, ...page(ordered, query) };
    },
  );

  app.get(
    '/hosts/:name',
    {
      config: { role: 'viewer' },
      schema: { tags: ['fleet'], summary: 'One host', params: HostName, response: { 200: HostView } },
    },
    ({ params }) => {
      const view = reader.view();
      return view.hostView(reader.host(view, params.name));
    },
  );

  app.get(
    '/hosts/:name/history',
    {
      config: { role: 'viewer' },
      schema: {
        tags: ['fleet'],
        summary: 'Load of one host over time',
        params: HostName,
        querystring: HistoryQuery,
        response: { 200: History },
      },
    },
    ({ params, query }) => {
      const { name } = reader.host(reader.view(), params.name);
      return services.fleet.history({ type: 'host', id: name, name }, rangeOf(query, now()));
    },
  );
};
