import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ActError } from '../act/act-error.ts';
import { ApiProblem, problemDocument, problemKinds, problemMediaType, type ProblemKind } from './problem.ts';

/** Every failure leaves as a problem document; what the collector itself did wrong is logged, never shown. */
export function handleProblems(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError | ApiProblem | ActError, request, reply) => {
    if (error instanceof ApiProblem) return sendProblem(request, reply, error);
    if (error instanceof ActError) {
      const errors = error.details.length > 0 ? { errors: [...error.details] } : {};
      return sendProblem(request, reply, new ApiProblem(error.kind, error.message, errors));
    }
    const known = kindOfFastifyError(error);
    if (known) return sendProblem(request, reply, new ApiProblem(known.kind, known.detail));
    request.log.error({ err: error }, 'a request failed');
    return sendProblem(
      request,
      reply,
      new ApiProblem('internal', `The collector failed; its log names request ${request.id}.`),
    );
  });
  app.setNotFoundHandler((request, reply) =>
    sendProblem(
      request,
      reply,
      new ApiProblem(
        'not-found',
        `There is no ${request.method} ${pathOf(request)}; /api/v1/openapi.json lists what there is.`,
      ),
    ),
  );
}

export function sendProblem(request: FastifyRequest, reply: FastifyReply, problem: ApiProblem): FastifyReply {
  if (problem.retryAfterSeconds !== undefined) void reply.header('retry-after', problem.retryAfterSeconds);
  if (problem.kind === 'unauthenticated') void reply.header('www-authenticate', 'Bearer realm="evenkeel"');
  return reply
    .code(problemKinds[problem.kind].status)
    .header('content-type', problemMediaType)
    .header('cache-control', 'no-store')
    .serializer(JSON.stringify)
    .send(problemDocument(problem.kind, problem.message, request.id, problem.errors));
}

function kindOfFastifyError(error: FastifyError): { kind: ProblemKind; detail: string } | null {
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return { kind: 'too-large', detail: 'The body is larger than this address takes.' };
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return { kind: 'unsupported-media-type', detail: 'Send the body as application/json.' };
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return { kind: 'bad-request', detail: 'The body is not valid JSON.' };
    default: {
      // What the framework refuses on its own (a broken path, an over-long parameter) is the client's doing.
      const status = error.statusCode ?? 500;
      return status >= 400 && status < 500 ? { kind: 'bad-request', detail: error.message } : null;
    }
  }
}

const pathOf = (request: FastifyRequest): string => request.url.split('?', 1)[0]!.slice(0, 200);
