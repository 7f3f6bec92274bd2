import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { describe, test } from 'node:test';
import { connectGetHostname, LibvirtClient, LibvirtError, parseConnectUri } from '../../src/index.ts';
import { openChild } from '../../src/transport/child-transport.ts';
import { remoteCommand, sshArguments } from '../../src/transport/ssh-transport.ts';
import { openTls } from '../../src/transport/tls-transport.ts';

const timeout = 20_000;

async function listen(onSocket: (socket: Socket) => void): Promise<{ port: number; server: Server }> {
  // Unreferenced, so that a failed test does not keep the process.
  const server = createServer((socket) => {
    socket.unref();
    socket.on('error', () => undefined);
    onSocket(socket);
  });
  server.listen(0, '127.0.0.1').unref();
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, server };
}

function withCode(code: string, words: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof LibvirtError, String(error));
    assert.equal(error.code, code, error.message);
    assert.match(error.message, words);
    return true;
  };
}

describe('transports', { timeout }, () => {
  test('nobody there', async () => {
    const { port, server } = await listen(() => undefined);
    server.close();
    await once(server, 'close');
    await assert.rejects(
      LibvirtClient.connect(`qemu+tcp://127.0.0.1:${port}/system`),
      withCode('LV_CONNECT_FAILED', /cannot connect to 127\.0\.0\.1 port \d+: .*ECONNREFUSED/),
    );
  });

  for (const [what, onSocket, code, words] of [
    [
      'a web server',
      (s: Socket) => s.end('HTTP/1.1 400 Bad Request\r\n\r\n'),
      'LV_PROTOCOL',
      /does not speak/,
    ],
    ['a host that hangs up', (s: Socket) => s.end(), 'LV_CLOSED', /the host closed the connection/],
    [
      'a host that stops in the middle',
      (s: Socket) => s.end('\0\0\0\x20abc'),
      'LV_CLOSED',
      /middle of a packet/,
    ],
    ['a host that says nothing', () => undefined, 'LV_TIMEOUT', /did not let us in within 50 ms/],
    ['a host that starts and says no more', (s: Socket) => s.write('\0\0\0\x20abc'), 'LV_TIMEOUT', /50 ms/],
  ] as const) {
    test(`${what}, over TCP`, async () => {
      const { port, server } = await listen(onSocket);
      await assert.rejects(
        // Short only where the limit itself is what is tested: a busy machine may take its time for the rest.
        LibvirtClient.connect(`qemu+tcp://127.0.0.1:${port}/system`, {
          openTimeoutMs: code === 'LV_TIMEOUT' ? 50 : 30_000,
        }),
        withCode(code, words),
      );
      server.close();
    });
  }

  describe('TLS', () => {
    const none = { ca: undefined, cert: undefined, key: undefined };
    const never = new AbortController().signal;

    for (const [what, onSocket, words] of [
      ['garbage', (s: Socket) => s.end('this is not TLS at all'), /no TLS with 127\.0\.0\.1/],
      ['the end', (s: Socket) => s.end(), /no TLS with/],
      ['a reset', (s: Socket) => s.once('data', () => s.resetAndDestroy()), /no TLS with/],
    ] as const) {
      test(`${what} instead of it`, async () => {
        const { port, server } = await listen(onSocket);
        const target = { host: '127.0.0.1', port, verify: false, certificates: none };
        await assert.rejects(openTls(target, never), withCode('LV_TLS_FAILED', words));
        server.close();
      });
    }

    test('silence instead of it is given up with the signal', async () => {
      const { port, server } = await listen(() => undefined);
      const target = { host: '127.0.0.1', port, verify: false, certificates: none };
      await assert.rejects(openTls(target, AbortSignal.timeout(50)), withCode('LV_TLS_FAILED', /timeout/));
      server.close();
    });

    test('no CA to check with is said before anything is sent', async () => {
      const target = { host: '127.0.0.1', port: 1, verify: true, certificates: none };
      await assert.rejects(
        openTls(target, never),
        withCode('LV_TLS_FAILED', /no CA certificate to check 127.0.0.1/),
      );
    });

    test('certificates that are none', async () => {
      const { port, server } = await listen(() => undefined);
      const certificates = { ca: 'x', cert: 'not a certificate', key: 'not a key' };
      await assert.rejects(
        openTls({ host: '127.0.0.1', port, verify: true, certificates }, never),
        withCode('LV_TLS_FAILED', /the certificates cannot be used/),
      );
      server.close();
    });
  });

  describe('a child process', () => {
    const never = new AbortController().signal;

    test('that is not there', async () => {
      await assert.rejects(
        openChild('/nonexistent/ssh', [], never),
        withCode('LV_CONNECT_FAILED', /could not be run: .*ENOENT/),
      );
    });

    test('that fails is quoted', async () => {
      const transport = (): ReturnType<typeof openChild> =>
        openChild('sh', ['-c', 'echo "Permission denied (publickey)." >&2; exit 255'], never);
      await assert.rejects(
        LibvirtClient.connect('qemu+ssh://h/system', { transport }),
        withCode('LV_CONNECT_FAILED', /sh ended with 255: Permission denied/),
      );
    });

    test('is ended with the connection', async () => {
      const stream = await openChild('sleep', ['60'], never);
      stream.destroy();
      await once(stream, 'close');
    });

    test('carries bytes both ways', async () => {
      const stream = await openChild('cat', [], never);
      stream.write('there and back');
      const [chunk] = (await once(stream, 'data')) as [Buffer];
      assert.equal(chunk.toString(), 'there and back');
      stream.destroy();
    });

    test('is not even started when already given up', async () => {
      await assert.rejects(
        openChild('sleep', ['60'], AbortSignal.abort(new Error('no'))),
        withCode('LV_CONNECT_FAILED', /given up/),
      );
    });
  });

  describe('ssh is called as libvirt calls it', () => {
    test('with what the URI says', () => {
      const uri = parseConnectUri('qemu+ssh://root@h:22/system?keyfile=/k&no_tty=1&no_verify=1&proxy=native');
      assert.deepEqual(sshArguments(uri), [
        ...['-T', '-e', 'none', '-p', '22', '-l', 'root', '-i', '/k'],
        ...['-o', 'PasswordAuthentication=no', '-o', 'BatchMode=yes', '-o', 'StrictHostKeyChecking=no'],
        ...['--', 'h', `sh -c 'virt-ssh-helper '\\''qemu:///system'\\'''`],
      ]);
    });

    test('nothing from a URI can leave its quotes', () => {
      const uri = parseConnectUri(`qemu+ssh://h/system?socket=/x';touch%20/tmp/y;'&proxy=netcat`);
      const command = remoteCommand(uri);
      assert.ok(command.startsWith(`sh -c '`));
      assert.doesNotMatch(command.replaceAll(`'\\''`, '\x01'), /'.*'.*touch.*'/);
    });
  });

  test('a client that is closed while it opens lets go of everything', async () => {
    const { port, server } = await listen(() => undefined);
    const client = new LibvirtClient(`qemu+tcp://127.0.0.1:${port}/system`);
    client.connectInBackground();
    const [socket] = (await once(server, 'connection')) as [Socket];
    client.close();
    await once(socket, 'close');
    await assert.rejects(
      client.call(connectGetHostname, undefined),
      withCode('LV_CLOSED', /client was closed/),
    );
    server.close();
  });
});
