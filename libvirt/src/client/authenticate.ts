import { randomBytes } from 'node:crypto';
import { authList } from '../calls/auth-list.ts';
import { authPolkit } from '../calls/auth-polkit.ts';
import { authSaslInit } from '../calls/auth-sasl-init.ts';
import { authSaslStart } from '../calls/auth-sasl-start.ts';
import { authSaslStep } from '../calls/auth-sasl-step.ts';
import type { Connection } from '../connection/connection.ts';
import { AuthType } from '../constants/auth-type.ts';
import { ErrorCode, LibvirtError } from '../errors/libvirt-error.ts';
import { ScramSha256 } from './scram-sha-256.ts';

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

const MECHANISM = 'SCRAM-SHA-256';

/** Proves who we are in the way that the daemon asks for. Throws if it asks for one that we have not. */
export async function authenticate(
  connection: Connection,
  credentials: Credentials | undefined,
): Promise<void> {
  const { types } = await connection.call(authList, undefined);
  try {
    switch (types[0]) {
      case undefined:
      case AuthType.none:
        return;
      case AuthType.polkit:
        await connection.call(authPolkit, undefined);
        return;
      case AuthType.sasl:
        await authenticateSasl(connection, credentials);
        return;
    }
  } catch (error) {
    throw asAuthFailure(error);
  }
  throw new LibvirtError(
    ErrorCode.authUnsupported,
    `the host asks for authentication of the unknown type ${types[0]}`,
  );
}

async function authenticateSasl(connection: Connection, credentials: Credentials | undefined): Promise<void> {
  const { mechlist } = await connection.call(authSaslInit, undefined);
  if (!mechlist.split(/[\s,]+/).includes(MECHANISM)) {
    throw new LibvirtError(
      ErrorCode.authUnsupported,
      `the host offers the SASL mechanisms "${mechlist}"; this client has ${MECHANISM} only`,
    );
  }
  if (credentials === undefined) {
    throw new LibvirtError(
      ErrorCode.authFailed,
      'the host asks for a user name and a password (SASL), none were given',
    );
  }
  const scram = new ScramSha256(credentials.user, credentials.password, randomBytes(24).toString('base64'));
  const started = await connection.call(authSaslStart, {
    mech: MECHANISM,
    nil: false,
    data: Buffer.from(scram.first()),
  });
  const proof = await scram.final(started.data.toString());
  const proven = await connection.call(authSaslStep, { nil: false, data: Buffer.from(proof) });
  // The host's own proof may come with its last word or one step before it.
  scram.verify(proven.data.toString());
  if (proven.complete) return;
  const last = await connection.call(authSaslStep, { nil: true, data: Buffer.alloc(0) });
  if (!last.complete) throw new LibvirtError(ErrorCode.authFailed, 'the host did not come to an end of SASL');
}

function asAuthFailure(error: unknown): unknown {
  if (!(error instanceof LibvirtError) || error.code !== ErrorCode.remote) return error;
  const options = { cause: error, ...(error.libvirt !== undefined && { libvirt: error.libvirt }) };
  return new LibvirtError(
    ErrorCode.authFailed,
    `the host refused us: ${error.libvirt?.message ?? ''}`,
    options,
  );
}
