import { Policy } from '../../fleet/policy.ts';
import { callerOf } from '../authenticate.ts';
import { NewVmQuestion, PlaceAnswer, WhatIfAnswer, WhatIfQuestion } from '../what-if.ts';
import type { RouteSet } from './route-set.ts';

export const policyRoutes: RouteSet = (app, { services }) => {
  app.get(
    '/policy',
    {
      config: { role: 'viewer' },
      schema: { tags: ['policy'], summary: 'The policy in force', response: { 200: Policy } },
    },
    () => services.policy.get(),
  );

  app.put(
    '/policy',
    {
      config: { role: 'admin', audit: 'policy.set' },
      schema: {
        tags: ['policy'],
        summary: 'Set the policy; a field that is left out gets its default',
        body: Policy,
        response: { 200: Policy },
      },
    },
    (request) => services.policy.replace(request.body, callerOf(request)),
  );

  app.post(
    '/what-if',
    {
      config: { role: 'viewer' },
      schema: {
        tags: ['advice'],
        summary: 'What would be advised if things were otherwise; changes nothing',
        body: WhatIfQuestion,
        response: { 200: WhatIfAnswer },
      },
    },
    (request) => services.advice.whatIf(request.body),
  );

  app.post(
    '/place',
    {
      config: { role: 'viewer' },
      schema: {
        tags: ['advice'],
        summary: 'Where a new VM should be started, why, and why not elsewhere; changes nothing',
        body: NewVmQuestion,
        response: { 200: PlaceAnswer },
      },
    },
    (request) => services.advice.place(request.body),
  );
};
