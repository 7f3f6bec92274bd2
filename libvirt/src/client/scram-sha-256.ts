import { createHash, createHmac, pbkdf2, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { ErrorCode, LibvirtError } from '../errors/libvirt-error.ts';

const derive = promisify(pbkdf2);
/** A server that asks for more work than this per login wants to keep us busy. */
const ITERATIONS_MAX = 1_000_000;
const ITERATIONS_MIN = 4096;

function hmac(key: Buffer, data: string): Buffer {
  return createHmac('sha256', key).update(data).digest();
}

function refused(why: string): LibvirtError {
  return new LibvirtError(ErrorCode.authFailed, `SCRAM-SHA-256: ${why}`);
}

/** The client's side of SCRAM-SHA-256 (RFC 5802, RFC 7677), without channel binding. */
export class ScramSha256 {
  readonly #password: string;
  readonly #firstBare: string;
  readonly #nonce: string;
  #serverSignature: Buffer | undefined;

  constructor(user: string, password: string, nonce: string) {
    this.#password = password.normalize('NFKC');
    this.#nonce = nonce;
    this.#firstBare = `n=${user.normalize('NFKC').replaceAll('=', '=3D').replaceAll(',', '=2C')},r=${nonce}`;
  }

  first(): string {
    return `n,,${this.#firstBare}`;
  }

  async final(serverFirst: string): Promise<string> {
    const match = /^r=([^,]+),s=([A-Za-z0-9+/=]+),i=(\d{1,9})(?:,.*)?$/.exec(serverFirst);
    if (match === null) throw refused('the host sent a malformed challenge');
    const [, nonce = '', salt = '', count = ''] = match;
    if (!nonce.startsWith(this.#nonce) || nonce === this.#nonce)
      throw refused('the host answered with another nonce');
    const iterations = Number(count);
    if (iterations < ITERATIONS_MIN || iterations > ITERATIONS_MAX) {
      throw refused(
        `the host asks for ${iterations} iterations, accepted are ${ITERATIONS_MIN} to ${ITERATIONS_MAX}`,
      );
    }
    const salted = await derive(this.#password, Buffer.from(salt, 'base64'), iterations, 32, 'sha256');
    const clientKey = hmac(salted, 'Client Key');
    const storedKey = createHash('sha256').update(clientKey).digest();
    const withoutProof = `c=biws,r=${nonce}`;
    const signed = `${this.#firstBare},${serverFirst},${withoutProof}`;
    const signature = hmac(storedKey, signed);
    this.#serverSignature = hmac(hmac(salted, 'Server Key'), signed);
    const proof = Buffer.from(clientKey.map((byte, i) => byte ^ signature[i]!));
    return `${withoutProof},p=${proof.toString('base64')}`;
  }

  /** Whether the host knows the password too. */
  verify(serverFinal: string): void {
    const failure = /^e=([^,]*)/.exec(serverFinal);
    if (failure) throw refused(`the host says ${failure[1]!}`);
    const signature = Buffer.from(/^v=([A-Za-z0-9+/=]+)/.exec(serverFinal)?.[1] ?? '', 'base64');
    const expected = this.#serverSignature;
    if (expected?.length !== signature.length || !timingSafeEqual(expected, signature)) {
      throw refused('the host could not prove that it knows the password');
    }
  }
}
