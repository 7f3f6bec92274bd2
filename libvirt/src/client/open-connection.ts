import type { Duplex } from 'node:stream';
import { connectOpen } from '../calls/connect-open.ts';
import { connectRegisterCloseCallback } from '../calls/connect-register-close-callback.ts';
import { connectSupportsFeature } from '../calls/connect-supports-feature.ts';
import { Connection, type ConnectionOptions } from '../connection/connection.ts';
import { Feature } from '../constants/feature.ts';
import { ErrorCode, LibvirtError } from '../errors/libvirt-error.ts';
import { openTransport } from '../transport/open-transport.ts';
import type { ConnectUri } from '../uri/connect-uri.ts';
import { authenticate, type Credentials } from './authenticate.ts';

export interface OpenOptions extends ConnectionOptions {
  /** For hosts that ask for SASL. */
  readonly credentials?: Credentials;
  /** Ask for a connection that can change nothing. */
  readonly readOnly?: boolean;
  /** Deadline of opening as a whole, from the socket to ConnectOpen. */
  readonly openTimeoutMs?: number;
  /** Brings the byte stream; by default the one that the URI asks for. */
  readonly transport?: (uri: ConnectUri, signal: AbortSignal) => Promise<Duplex>;
}

const OPEN_TIMEOUT_MS = 15_000;
const READ_ONLY = 1;

/** Opens a connection that is ready for calls: transport, authentication, keepalive, driver. */
export async function openConnection(
  uri: ConnectUri,
  options: OpenOptions,
  signal: AbortSignal,
): Promise<Connection> {
  const timeoutMs = options.openTimeoutMs ?? OPEN_TIMEOUT_MS;
  const late = new LibvirtError(ErrorCode.timeout, `the host did not let us in within ${timeoutMs} ms`);
  const deadline = new AbortController();
  const timer = setTimeout(() => {
    deadline.abort(late);
  }, timeoutMs);
  const either = AbortSignal.any([signal, deadline.signal]);
  try {
    const stream = await (options.transport ?? openTransport)(uri, either);
    const connection = new Connection(stream, options);
    const giveUp = (): void => {
      const reason: unknown = either.reason;
      connection.fail(reason instanceof LibvirtError ? reason : late);
    };
    either.addEventListener('abort', giveUp, { once: true });
    if (either.aborted) giveUp();
    try {
      await introduce(connection, uri, options);
    } catch (error) {
      connection.close();
      throw error;
    } finally {
      either.removeEventListener('abort', giveUp);
    }
    return connection;
  } catch (error) {
    if (deadline.signal.aborted) throw late;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** The order of these calls is that of libvirt's own client. */
async function introduce(connection: Connection, uri: ConnectUri, options: OpenOptions): Promise<void> {
  await authenticate(connection, options.credentials);
  const supports = async (feature: number): Promise<boolean> =>
    (await connection.call(connectSupportsFeature, { feature })).supported;
  if (await supports(Feature.keepalive)) connection.startKeepalive();
  await connection.call(connectOpen, {
    name: uri.name === '' ? null : uri.name,
    flags: options.readOnly === true ? READ_ONLY : 0,
  });
  if (await supports(Feature.closeCallback)) await connection.call(connectRegisterCloseCallback, undefined);
}
