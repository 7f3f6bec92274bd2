import type { Duplex } from 'node:stream';
import type { ConnectUri } from '../uri/connect-uri.ts';
import { readPkiFiles } from './pki-files.ts';
import { openSsh } from './ssh-transport.ts';
import { openTcp, TCP_PORT } from './tcp-transport.ts';
import { openTls, TLS_PORT } from './tls-transport.ts';
import { openUnix } from './unix-transport.ts';

/** Opens the byte stream that a URI asks for. */
export async function openTransport(uri: ConnectUri, signal: AbortSignal): Promise<Duplex> {
  switch (uri.transport) {
    case 'unix':
      return openUnix(uri.socket, signal);
    case 'tcp':
      return openTcp(uri.host, uri.port ?? TCP_PORT, signal);
    case 'tls':
      return openTls(
        {
          host: uri.host,
          port: uri.port ?? TLS_PORT,
          verify: uri.verify,
          certificates: await readPkiFiles(uri.pkiPath),
        },
        signal,
      );
    case 'ssh':
      return openSsh(uri, signal);
  }
}
