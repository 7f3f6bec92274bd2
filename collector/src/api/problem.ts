import { Type, type Static } from 'typebox';

export const problemMediaType = 'application/problem+json';

export const Problem = Type.Object(
  {
    type: Type.String({ description: 'a stable name of the kind of problem, e.g. "urn:evenkeel:not-found"' }),
    title: Type.String(),
    status: Type.Integer({ minimum: 400, maximum: 599 }),
    detail: Type.String({ description: 'one plain sentence: what was wrong, what would be right' }),
    instance: Type.Optional(Type.String({ description: 'id of the request, as the log has it' })),
    errors: Type.Optional(
      Type.Array(
        Type.Object({
          where: Type.String({ description: 'e.g. "query.limit"' }),
          message: Type.String(),
          advice: Type.Optional(Type.String()),
        }),
        { description: 'every single thing that was wrong' },
      ),
    ),
  },
  { description: 'What went wrong (RFC 9457)' },
);
export type Problem = Static<typeof Problem>;

export const problemKinds = {
  'bad-request': { status: 400, title: 'The request is not understood' },
  unauthenticated: { status: 401, title: 'Sign in first' },
  forbidden: { status: 403, title: 'Not allowed' },
  'not-found': { status: 404, title: 'No such thing' },
  'method-not-allowed': { status: 405, title: 'Not done this way' },
  conflict: { status: 409, title: 'The world has moved on' },
  'too-large': { status: 413, title: 'Too large' },
  'unsupported-media-type': { status: 415, title: 'Not this kind of content' },
  refused: { status: 422, title: 'Checked and refused' },
  'too-many': { status: 429, title: 'Too many requests' },
  internal: { status: 500, title: 'The collector failed' },
  'not-available': { status: 503, title: 'Not now' },
} as const;
export type ProblemKind = keyof typeof problemKinds;

/** Thrown by a route or a service: becomes a problem document with just these words in it. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly kind: ProblemKind;
  readonly errors: Problem['errors'];
  readonly retryAfterSeconds: number | undefined;

  constructor(
    kind: ProblemKind,
    detail: string,
    more: { errors?: NonNullable<Problem['errors']>; retryAfterSeconds?: number; cause?: unknown } = {},
  ) {
    super(detail, { cause: more.cause });
    this.kind = kind;
    this.errors = more.errors;
    this.retryAfterSeconds = more.retryAfterSeconds;
  }
}

export function problemDocument(
  kind: ProblemKind,
  detail: string,
  instance: string,
  errors?: Problem['errors'],
): Problem {
  const { status, title } = problemKinds[kind];
  return { type: `urn:evenkeel:${kind}`, title, status, detail, instance, ...(errors ? { errors } : {}) };
}
