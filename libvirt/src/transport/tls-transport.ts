import { isIP, type TcpNetConnectOpts } from 'node:net';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { ErrorCode, LibvirtError } from '../errors/libvirt-error.ts';
import type { Certificates } from './pki-files.ts';
import { readInPlace } from './read-in-place.ts';

export const TLS_PORT = 16514;
/** What a daemon sends once it has accepted the client's certificate, before anything else. */
const ACCEPTED = 1;

export interface TlsTarget {
  readonly host: string;
  readonly port: number;
  readonly verify: boolean;
  readonly certificates: Certificates;
}

/** `tls.connect` also takes what `net.connect` does. */
type SocketOptions = ConnectionOptions & Pick<TcpNetConnectOpts, 'noDelay' | 'onread'>;

/** Connects with TLS and waits for the daemon's word that it accepts our certificate. */
export async function openTls(target: TlsTarget, signal: AbortSignal): Promise<TLSSocket> {
  const { ca, cert, key } = target.certificates;
  if (target.verify && ca === undefined) {
    throw new LibvirtError(
      ErrorCode.tlsFailed,
      `no CA certificate to check ${target.host} with: put cacert.pem into the folder of pkipath= or into /etc/pki/CA`,
    );
  }
  const options: SocketOptions = {
    host: target.host,
    port: target.port,
    noDelay: true,
    minVersion: 'TLSv1.2',
    rejectUnauthorized: target.verify,
    ...(isIP(target.host) === 0 && { servername: target.host }),
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
  };
  return handshake(options, `${target.host} port ${target.port}`, signal);
}

function handshake(options: SocketOptions, where: string, signal: AbortSignal): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    let reached = false;
    let secured = false;
    const fail = (why: string, cause?: unknown): void => {
      settle();
      // Nobody is left who would hear what else goes wrong.
      tls.on('error', () => undefined);
      tls.destroy();
      reject(
        reached
          ? new LibvirtError(ErrorCode.tlsFailed, `no TLS with ${where}: ${why}`, { cause })
          : new LibvirtError(ErrorCode.connectFailed, `cannot connect to ${where}: ${why}`, { cause }),
      );
    };
    const onError = (cause: Error): void => {
      fail(secured ? `it refused our certificate (${cause.message})` : cause.message, cause);
    };
    const onEnd = (): void => {
      fail(secured ? 'it refused our certificate and closed the connection' : 'it closed the connection');
    };
    const onData = (first: Buffer): void => {
      if (first[0] !== ACCEPTED) {
        fail('it answered with something that is not the libvirt protocol');
        return;
      }
      settle();
      // Until the connection listens, which is in a moment.
      tls.pause();
      if (first.length > 1) tls.push(Buffer.from(first.subarray(1)));
      resolve(tls);
    };
    const onAbort = (): void => {
      fail((signal.reason as Error).message, signal.reason);
    };
    const settle = (): void => {
      signal.removeEventListener('abort', onAbort);
      tls.removeListener('error', onError);
      tls.removeListener('close', onEnd);
      tls.removeListener('data', onData);
    };
    let tls: TLSSocket;
    try {
      const all: SocketOptions = { ...options, onread: readInPlace(() => tls) };
      tls = connect(all);
    } catch (cause) {
      // Certificates that OpenSSL cannot read are refused before anything is sent.
      const why = (cause as Error).message;
      reject(new LibvirtError(ErrorCode.tlsFailed, `the certificates cannot be used: ${why}`, { cause }));
      return;
    }
    tls.on('error', onError);
    tls.once('close', onEnd);
    tls.once('connect', () => {
      reached = true;
    });
    tls.once('secureConnect', () => {
      secured = true;
    });
    tls.on('data', onData);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
}
