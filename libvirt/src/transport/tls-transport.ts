import { isIP } from 'node:net';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { ErrorCode, LibvirtError } from '../errors/libvirt-error.ts';
import type { Certificates } from './pki-files.ts';
import { openTcp } from './tcp-transport.ts';

export const TLS_PORT = 16514;
/** What a daemon sends once it has accepted the client's certificate, before anything else. */
const ACCEPTED = 1;

export interface TlsTarget {
  readonly host: string;
  readonly port: number;
  readonly verify: boolean;
  readonly certificates: Certificates;
}

/** Connects with TLS and waits for the daemon's word that it accepts our certificate. */
export async function openTls(target: TlsTarget, signal: AbortSignal): Promise<TLSSocket> {
  const { ca, cert, key } = target.certificates;
  if (target.verify && ca === undefined) {
    throw new LibvirtError(
      ErrorCode.tlsFailed,
      `no CA certificate to check ${target.host} with: put cacert.pem into the folder of pkipath= or into /etc/pki/CA`,
    );
  }
  const socket = await openTcp(target.host, target.port, signal);
  const options: ConnectionOptions = {
    socket,
    host: target.host,
    minVersion: 'TLSv1.2',
    rejectUnauthorized: target.verify,
    ...(isIP(target.host) === 0 && { servername: target.host }),
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
  };
  return handshake(options, `${target.host} port ${target.port}`, signal);
}

function handshake(options: ConnectionOptions, where: string, signal: AbortSignal): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    let secured = false;
    const fail = (why: string, cause?: unknown): void => {
      settle();
      // Nobody is left who would hear what else goes wrong.
      tls.on('error', () => undefined);
      tls.destroy();
      reject(new LibvirtError(ErrorCode.tlsFailed, `no TLS with ${where}: ${why}`, { cause }));
    };
    const onError = (cause: Error): void => {
      fail(secured ? `it refused our certificate (${cause.message})` : cause.message, cause);
    };
    const onEnd = (): void => {
      fail(secured ? 'it refused our certificate and closed the connection' : 'it closed the connection');
    };
    const onReadable = (): void => {
      const first = tls.read(1) as Buffer | null;
      if (first === null) return;
      if (first[0] !== ACCEPTED) {
        fail('it answered with something that is not the libvirt protocol');
        return;
      }
      settle();
      resolve(tls);
    };
    const onAbort = (): void => {
      fail((signal.reason as Error).message, signal.reason);
    };
    const settle = (): void => {
      signal.removeEventListener('abort', onAbort);
      tls.removeListener('error', onError);
      tls.removeListener('close', onEnd);
      tls.removeListener('readable', onReadable);
    };
    let tls: TLSSocket;
    try {
      tls = connect(options);
    } catch (cause) {
      // Certificates that OpenSSL cannot read are refused before anything is sent.
      options.socket?.destroy();
      const why = (cause as Error).message;
      reject(new LibvirtError(ErrorCode.tlsFailed, `the certificates cannot be used: ${why}`, { cause }));
      return;
    }
    tls.on('error', onError);
    tls.once('close', onEnd);
    tls.once('secureConnect', () => {
      secured = true;
    });
    tls.on('readable', onReadable);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
}
