import { Type } from 'typebox';
import { Finding, FindingKind, Severity } from '../../fleet/finding.ts';
import { page, pageOf, PageQuery } from '../page.ts';
import { sorted } from '../sorted.ts';
import type { RouteSet } from './route-set.ts';

const FindingQuery = Type.Object(
  {
    ...PageQuery,
    kind: Type.Optional(FindingKind),
    severity: Type.Optional(Severity),
    subject: Type.Optional(Type.String({ description: "a host's name or a VM's uuid" })),
    past: Type.Boolean({ default: false, description: 'those that have ended, instead of those true now' }),
    from: Type.Optional(
      Type.Integer({ minimum: 0, description: 'with past: ended after; default: a day ago' }),
    ),
    to: Type.Optional(Type.Integer({ minimum: 0, description: 'with past: ended before; default: now' })),
  },
  { additionalProperties: false },
);

const order = { critical: 0, warning: 1, info: 2 } as const;

export const findingRoutes: RouteSet = (app, { services, reader, now }) => {
  app.get(
    '/findings',
    {
      config: { role: 'viewer' },
      schema: {
        tags: ['judgement'],
        summary: 'What is judged true now, the most severe first; or what has ended, the latest first',
        querystring: FindingQuery,
        response: { 200: pageOf(Finding) },
      },
    },
    async ({ query }) => {
      const matches = (finding: Finding): boolean =>
        (query.kind === undefined || finding.kind === query.kind) &&
        (query.severity === undefined || finding.severity === query.severity) &&
        (query.subject === undefined || finding.subject.id === query.subject);
      if (query.past) {
        const to = query.to ?? now();
        const past = await services.fleet.pastFindings({
          from: query.from ?? to - 86_400_000,
          to,
          limit: 10_000,
        });
        return page(past.filter(matches), query);
      }
      const current = (reader.view().judgement?.findings ?? []).filter(matches);
      return page(
        sorted(
          sorted(current, (finding) => finding.rank, 'desc'),
          (finding) => order[finding.severity],
          'asc',
        ),
        query,
      );
    },
  );
};
