import { Type } from 'typebox';
import { dimensions } from '../../fleet/load.ts';
import { loadClasses } from '../../fleet/load-class.ts';
import { Vm } from '../../fleet/vm.ts';
import type { FleetView } from '../fleet-view.ts';
import { HistoryQuery, rangeOf } from '../history-query.ts';
import { History } from '../history.ts';
import { page, pageLimit, pageOf, PageQuery, SnapshotMark } from '../page.ts';
import { ApiProblem } from '../problem.ts';
import { sorted } from '../sorted.ts';
import { CompactVmRow, compactVmColumns, VmView } from '../views.ts';
import { Target } from '../what-if.ts';
import type { RouteSet } from './route-set.ts';

const compactLimit = 100_000;

const VmId = Type.Object({ uuid: Type.String({ minLength: 1, maxLength: 64 }) });

const VmQuery = Type.Object(
  {
    ...PageQuery,
    limit: Type.Integer({
      minimum: 1,
      maximum: compactLimit,
      default: 100,
      description: `more than ${pageLimit} only in the compact form`,
    }),
    format: Type.Enum(['full', 'compact'], { default: 'full' }),
    host: Type.Optional(Type.String()),
    class: Type.Optional(Type.Enum([...loadClasses, 'unknown'])),
    state: Type.Optional(Vm.properties.state),
    changing: Type.Optional(
      Type.Boolean({ description: 'only those with an announced class change, or only those without' }),
    ),
    q: Type.Optional(Type.String({ maxLength: 253, description: 'part of the name, or start of the uuid' })),
    sort: Type.Enum(['name', 'host', 'pressure', ...dimensions], { default: 'name' }),
    order: Type.Enum(['asc', 'desc'], { default: 'asc' }),
  },
  { additionalProperties: false },
);

const FullVms = Type.Object({ ...SnapshotMark, ...pageOf(VmView).properties });
const CompactVms = Type.Object(
  {
    ...SnapshotMark,
    total: Type.Integer({ minimum: 0 }),
    offset: Type.Integer({ minimum: 0 }),
    columns: Type.Array(Type.Enum(compactVmColumns), { description: 'what each place of a row holds' }),
    rows: Type.Array(CompactVmRow),
  },
  { description: 'VMs as rows of the named columns' },
);

export const vmRoutes: RouteSet = (app, { services, reader, now }) => {
  app.get(
    '/vms',
    {
      config: { role: 'viewer' },
      schema: {
        tags: ['fleet'],
        summary: 'All VMs, with what is judged of them',
        querystring: VmQuery,
        response: { 200: Type.Union([FullVms, CompactVms]) },
      },
    },
    ({ query }) => {
      if (query.format === 'full' && query.limit > pageLimit) {
        throw new ApiProblem(
          'bad-request',
          `query.limit must be at most ${pageLimit}, or query.format "compact".`,
        );
      }
      const view = reader.view();
      const { sort } = query;
      const ordered = sorted(
        select(view, query),
        (vm) =>
          sort === 'name'
            ? vm.name
            : sort === 'host'
              ? vm.host
              : sort === 'pressure'
                ? vm.pressure
                : vm.load[sort],
        query.order,
      );
      const mark = { at: view.snapshot.at, sequence: view.snapshot.sequence };
      const { items, ...slice } = page(ordered, query);
      return query.format === 'compact'
        ? { ...mark, ...slice, columns: [...compactVmColumns], rows: items.map((vm) => view.compactVm(vm)) }
        : { ...mark, ...slice, items: items.map((vm) => view.vmView(vm)) };
    },
  );

  app.get(
    '/vms/:uuid',
    {
      config: { role: 'viewer' },
      schema: { tags: ['fleet'], summary: 'One VM', params: VmId, response: { 200: VmView } },
    },
    ({ params }) => {
      const view = reader.view();
      return view.vmView(reader.vm(view, params.uuid));
    },
  );

  app.get(
    '/vms/:uuid/history',
    {
      config: { role: 'viewer' },
      schema: {
        tags: ['fleet'],
        summary: 'Load of one VM over time',
        params: VmId,
        querystring: HistoryQuery,
        response: { 200: History },
      },
    },
    ({ params, query }) => {
      const { uuid, name } = reader.vm(reader.view(), params.uuid);
      return services.fleet.history({ type: 'vm', id: uuid, name }, rangeOf(query, now()));
    },
  );

  app.get(
    '/vms/:uuid/targets',
    {
      config: { role: 'viewer' },
      schema: {
        tags: ['advice'],
        summary: 'The best hosts for one VM, best first',
        params: VmId,
        querystring: Type.Object(
          { limit: Type.Integer({ minimum: 1, maximum: 50, default: 3 }) },
          { additionalProperties: false },
        ),
        response: { 200: Type.Object({ items: Type.Array(Target) }) },
      },
    },
    async ({ params, query }) => {
      const { uuid } = reader.vm(reader.view(), params.uuid);
      return { items: [...(await services.advice.targets(uuid, query.limit))] };
    },
  );
};

type Selection = {
  readonly host?: string;
  readonly class?: 'low' | 'medium' | 'high' | 'unknown';
  readonly state?: Vm['state'];
  readonly changing?: boolean;
  readonly q?: string;
};

function select(view: FleetView, selection: Selection): readonly Vm[] {
  const pool = selection.host === undefined ? view.snapshot.vms : view.vmsOn(selection.host);
  const wanted = selection.q?.toLowerCase();
  return pool.filter(
    (vm) =>
      (selection.class === undefined ||
        (view.judgement?.classes.get(vm.uuid) ?? 'unknown') === selection.class) &&
      (selection.state === undefined || vm.state === selection.state) &&
      (selection.changing === undefined ||
        (view.classChangeOf(vm.uuid)?.announced === true) === selection.changing) &&
      (wanted === undefined || vm.name.toLowerCase().includes(wanted) || vm.uuid.startsWith(wanted)),
  );
}
