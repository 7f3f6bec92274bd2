import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { Type, type Static } from 'typebox';
import { Role } from './role.ts';

/**
 * What is kept of a token. SHA-256 without salt or stretching is right here and scrypt would be wrong: the secret is
 * 256 random bits, so there is nothing to guess, and a slow hash on every request would be a way to tire the collector.
 */
export const TokenRecord = Type.Object(
  {
    id: Type.String({ pattern: '^[0-9a-f]{12}$' }),
    name: Type.String({ minLength: 1, maxLength: 100 }),
    role: Role,
    hash: Type.String({ pattern: '^[0-9a-f]{64}$' }),
    createdAt: Type.Integer(),
    expiresAt: Type.Union([Type.Integer(), Type.Null()]),
    forGrafana: Type.Boolean({
      description: 'acts only together with a user identity that Grafana signed; alone it may only look',
    }),
  },
  { additionalProperties: false },
);
export type TokenRecord = Static<typeof TokenRecord>;

const form = /^ek_([0-9a-f]{12})_([A-Za-z0-9_-]{43})$/;

export type NewToken = Pick<TokenRecord, 'name' | 'role' | 'createdAt' | 'expiresAt' | 'forGrafana'>;

/** Makes a token: the text is shown once and never kept, the record is kept. */
export function createToken(wanted: NewToken): { readonly text: string; readonly record: TokenRecord } {
  const id = randomBytes(6).toString('hex');
  const secret = randomBytes(32).toString('base64url');
  return { text: `ek_${id}_${secret}`, record: { id, ...wanted, hash: hashSecret(secret) } };
}

/** The record that the text belongs to, or null: unknown, expired or malformed all look alike. */
export function verifyToken(
  text: string,
  find: (id: string) => TokenRecord | undefined,
  now: number,
): TokenRecord | null {
  const [, id, secret] = form.exec(text) ?? [];
  if (id === undefined || secret === undefined) return null;
  const record = find(id);
  if (!record) return null;
  const same = timingSafeEqual(Buffer.from(hashSecret(secret), 'hex'), Buffer.from(record.hash, 'hex'));
  return same && !hasExpired(record, now) ? record : null;
}

export const hasExpired = (record: TokenRecord, now: number): boolean =>
  record.expiresAt !== null && record.expiresAt <= now;

const hashSecret = (secret: string): string => createHash('sha256').update(secret).digest('hex');
