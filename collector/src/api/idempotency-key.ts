import type { FastifyRequest } from 'fastify';
import { ApiProblem } from './problem.ts';

/** The client's `Idempotency-Key`: the same request sent twice with one key is done once. */
export function idempotencyKeyOf(request: FastifyRequest<object>): string | null {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return null;
  if (typeof key !== 'string' || !/^[\x21-\x7e]{1,200}$/.test(key)) {
    throw new ApiProblem(
      'bad-request',
      'header.idempotency-key must be 1 to 200 printable characters without spaces.',
    );
  }
  return key;
}
