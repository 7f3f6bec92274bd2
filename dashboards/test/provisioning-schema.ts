import { Type, type TSchema } from 'typebox';

// What Grafana's documentation says of provisioning files (Administration, Provisioning; Alerting, Provision with files):
// fields that it does not name are mistakes, since Grafana passes over them in silence.
const strict = { additionalProperties: false };
const text = Type.String({ minLength: 1 });
const uid = Type.String({ pattern: '^[a-zA-Z0-9_-]{1,40}$' });
const orgId = Type.Integer({ minimum: 1 });
const duration = Type.String({ pattern: '^\\d+[smhdw]$' });
const json = Type.Record(Type.String(), Type.Unknown());
const strings = Type.Record(Type.String(), Type.String());
const refId = Type.String({ pattern: '^[A-Z]$' });
const one = { apiVersion: Type.Literal(1) };
const maybe = Type.Optional;

const dataSource = Type.Object(
  {
    uid,
    name: text,
    type: Type.Enum(['influxdb', 'graphite']),
    access: Type.Enum(['proxy', 'direct']),
    orgId,
    url: text,
    user: maybe(text),
    isDefault: maybe(Type.Boolean()),
    editable: maybe(Type.Boolean()),
    jsonData: json,
    secureJsonData: maybe(strings),
  },
  strict,
);

const provider = Type.Object(
  {
    name: text,
    orgId,
    type: Type.Literal('file'),
    folder: text,
    folderUid: uid,
    disableDeletion: Type.Boolean(),
    allowUiUpdates: Type.Boolean(),
    updateIntervalSeconds: Type.Integer({ minimum: 10 }),
    options: Type.Object({ path: text }, strict),
  },
  strict,
);

const app = Type.Object(
  {
    type: text,
    org_id: orgId,
    org_name: maybe(text),
    disabled: maybe(Type.Boolean()),
    jsonData: maybe(json),
    secureJsonData: maybe(strings),
  },
  strict,
);

const query = Type.Object(
  {
    refId,
    relativeTimeRange: Type.Object(
      { from: Type.Integer({ minimum: 1 }), to: Type.Integer({ minimum: 0 }) },
      strict,
    ),
    datasourceUid: uid,
    model: Type.Object({ refId }, { additionalProperties: true }),
  },
  strict,
);

const rule = Type.Object(
  {
    uid,
    title: Type.String({ minLength: 1, maxLength: 190 }),
    condition: refId,
    data: Type.Array(query, { minItems: 1 }),
    noDataState: Type.Enum(['Alerting', 'NoData', 'OK', 'KeepLast']),
    execErrState: Type.Enum(['Alerting', 'Error', 'OK', 'KeepLast']),
    for: duration,
    keepFiringFor: maybe(duration),
    annotations: strings,
    labels: strings,
    isPaused: maybe(Type.Boolean()),
  },
  strict,
);

const ruleGroup = Type.Object(
  {
    orgId,
    name: text,
    folder: text,
    // Grafana's scheduler goes by ten seconds.
    interval: Type.String({ pattern: '^[1-9]\\d*(0s|m)$' }),
    rules: Type.Array(rule, { minItems: 1 }),
  },
  strict,
);

const settings = {
  email: Type.Object({ addresses: text, subject: maybe(text), message: maybe(text) }, strict),
  webhook: Type.Object(
    { url: text, httpMethod: maybe(Type.Enum(['POST', 'PUT'])), title: maybe(text), message: maybe(text) },
    strict,
  ),
  pagerduty: Type.Object({ integrationKey: text, severity: maybe(text), summary: maybe(text) }, strict),
  slack: Type.Object({ url: text, title: maybe(text), text: maybe(text) }, strict),
};
const receiver = Type.Union(
  (Object.keys(settings) as (keyof typeof settings)[]).map((type) =>
    Type.Object(
      {
        uid,
        type: Type.Literal(type),
        settings: settings[type],
        disableResolveMessage: maybe(Type.Boolean()),
      },
      strict,
    ),
  ),
);

const contactPoint = Type.Object(
  { orgId, name: text, receivers: Type.Array(receiver, { minItems: 1 }) },
  strict,
);

const routing = {
  receiver: text,
  group_by: Type.Array(text, { minItems: 1 }),
  group_wait: maybe(duration),
  group_interval: maybe(duration),
  repeat_interval: maybe(duration),
};
const matcher = Type.Tuple([text, Type.Enum(['=', '!=', '=~', '!~']), text]);
const policy = Type.Object(
  {
    orgId,
    ...routing,
    routes: Type.Array(
      Type.Object(
        {
          ...routing,
          object_matchers: Type.Array(matcher, { minItems: 1 }),
          mute_time_intervals: maybe(Type.Array(text)),
          continue: maybe(Type.Boolean()),
        },
        strict,
      ),
    ),
  },
  strict,
);

const clock = Type.String({ pattern: '^([01]\\d|2[0-4]):[0-5]\\d$' });
const muteTime = Type.Object(
  {
    orgId,
    name: text,
    time_intervals: Type.Array(
      Type.Object(
        {
          times: maybe(Type.Array(Type.Object({ start_time: clock, end_time: clock }, strict))),
          weekdays: maybe(Type.Array(text)),
          days_of_month: maybe(Type.Array(text)),
          months: maybe(Type.Array(text)),
          years: maybe(Type.Array(text)),
          location: maybe(text),
        },
        strict,
      ),
      { minItems: 1 },
    ),
  },
  strict,
);

const template = Type.Object({ orgId, name: text, template: text }, strict);

const file = (name: string, item: TSchema) =>
  Type.Object({ ...one, [name]: Type.Array(item, { minItems: 1 }) }, strict);

/** By the key under which a file keeps what it provisions. */
export const provisioningSchemas = {
  datasources: file('datasources', dataSource),
  providers: file('providers', provider),
  apps: file('apps', app),
  groups: file('groups', ruleGroup),
  contactPoints: file('contactPoints', contactPoint),
  policies: file('policies', policy),
  muteTimes: file('muteTimes', muteTime),
  templates: file('templates', template),
} as const;
