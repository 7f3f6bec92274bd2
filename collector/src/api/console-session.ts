import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

export const sessionCookie = 'evenkeel_session';
export const csrfHeader = 'x-evenkeel-csrf';
const lifetimeMs = 12 * 3_600_000;

export type ConsoleSession = { readonly token: string; readonly expiresAt: number; readonly csrf: string };

/**
 * Console logins as signed cookies. Nothing is kept on the server, so a restart logs nobody out; a session holds
 * only the id of its token, so revoking the token ends it.
 */
export class ConsoleSessions {
  readonly #key: Buffer;

  constructor(key: Buffer) {
    this.#key = key;
  }

  open(token: string, now: number): { readonly cookie: string; readonly session: ConsoleSession } {
    const expiresAt = now + lifetimeMs;
    const payload = `${token}.${expiresAt}.${randomBytes(9).toString('base64url')}`;
    const cookie = `${payload}.${this.#sign('session', payload)}`;
    return { cookie, session: { token, expiresAt, csrf: this.#sign('csrf', payload) } };
  }

  read(cookie: string, now: number): ConsoleSession | null {
    const end = cookie.lastIndexOf('.');
    const payload = cookie.slice(0, Math.max(0, end));
    const [token, expiry] = payload.split('.');
    if (token === undefined || expiry === undefined) return null;
    if (!sameText(cookie.slice(end + 1), this.#sign('session', payload))) return null;
    const expiresAt = Number(expiry);
    return expiresAt > now ? { token, expiresAt, csrf: this.#sign('csrf', payload) } : null;
  }

  /** Other sites can make a browser send the cookie, but cannot read this value and send it along. */
  allows(session: ConsoleSession, given: unknown): boolean {
    return typeof given === 'string' && sameText(given, session.csrf);
  }

  #sign(purpose: string, payload: string): string {
    return createHmac('sha256', this.#key).update(`${purpose}\n${payload}`).digest('base64url');
  }
}

function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
