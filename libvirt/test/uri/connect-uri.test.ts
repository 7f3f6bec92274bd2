import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ErrorCode, LibvirtError, parseConnectUri } from '../../src/index.ts';

describe('URIs are taken apart as libvirt does', () => {
  const examples: [string, Record<string, unknown>][] = [
    [
      'qemu:///system',
      { transport: 'unix', name: 'qemu:///system', socket: '/run/libvirt/libvirt-sock', host: '' },
    ],
    ['qemu+unix:///system?socket=/x/y', { transport: 'unix', name: 'qemu:///system', socket: '/x/y' }],
    ['qemu+unix:///system?socket=%2Fx%20y', { socket: '/x y' }],
    ['qemu+tcp://host/system', { transport: 'tcp', host: 'host', port: undefined, name: 'qemu:///system' }],
    ['qemu+tcp://host:1234/system', { host: 'host', port: 1234 }],
    ['qemu+tcp://[::1]:1234/system', { host: '::1', port: 1234 }],
    ['qemu://host/system', { transport: 'tls', host: 'host', verify: true, pkiPath: undefined }],
    [
      'qemu+tls://host/system?pkipath=/pki&no_verify=1',
      { transport: 'tls', pkiPath: '/pki', verify: false, name: 'qemu:///system' },
    ],
    [
      'qemu+ssh://root@host:2222/system?keyfile=/k&no_tty=1',
      { transport: 'ssh', user: 'root', host: 'host', port: 2222 },
    ],
    ['test:///default', { transport: 'unix', driver: 'test', name: 'test:///default' }],
    ['test+tcp://host/default', { transport: 'tcp', name: 'test:///default' }],
    ['test+tcp://host/default?name=test:///other', { name: 'test:///other' }],
    ['esx+tls://host/?auto_answer=1&no_verify=1', { name: 'esx:///?auto_answer=1' }],
    ['lxc+tcp://host', { name: 'lxc:///' }],
    ['remote+tcp://host/', { name: '' }],
  ];
  for (const [uri, expected] of examples) {
    test(uri, () => {
      const parsed = parseConnectUri(uri) as unknown as Record<string, unknown>;
      for (const [key, value] of Object.entries(expected)) assert.deepEqual(parsed[key], value, key);
      assert.equal(parsed.uri, uri);
    });
  }

  test('the session of this user has a socket of its own', () => {
    const before = process.env.XDG_RUNTIME_DIR;
    process.env.XDG_RUNTIME_DIR = '/run/user/7';
    assert.equal(parseConnectUri('qemu:///session').socket, '/run/user/7/libvirt/libvirt-sock');
    delete process.env.XDG_RUNTIME_DIR;
    assert.match(parseConnectUri('qemu:///session').socket, /\.cache\/libvirt\/libvirt-sock$/);
    if (before !== undefined) process.env.XDG_RUNTIME_DIR = before;
  });

  test('what ssh needs', () => {
    assert.deepEqual(
      parseConnectUri(
        'qemu+ssh://h/system?command=/bin/s&keyfile=/k&no_tty=1&no_verify=1&proxy=netcat&netcat=ncat',
      ).ssh,
      { command: '/bin/s', keyFile: '/k', batch: true, checkHostKey: false, proxy: 'netcat', netcat: 'ncat' },
    );
  });
});

describe('a URI that cannot be used is refused with what would be right', () => {
  for (const [uri, words] of [
    ['host', /should look like qemu:\/\/\/system, qemu\+tcp:/],
    ['', /should look like/],
    ['qemu:system', /should look like/],
    ['qemu+tcp+tls://h/system', /should look like/],
    ['qemu+tcp:///system', /the transport "tcp" needs a host/],
    ['qemu+unix://host/system', /unix transport reaches this machine only; drop the host/],
    ['qemu+libssh2://h/system', /the transport "libssh2" is not known; there are unix, tcp, tls and ssh/],
    ['qemu+tcp://h:99999/system', /should look like/],
    ['qemu+tls://h/system?no_verify=yes', /no_verify should be 0 or 1, not "yes"/],
    ['qemu+ssh://h/system?proxy=socks', /proxy should be auto, native or netcat, not "socks"/],
    ['qemu+ssh://me:secret@h/system', /a password does not belong into it/],
  ] as const) {
    test(uri, () => {
      assert.throws(
        () => parseConnectUri(uri),
        (error: unknown) => {
          assert.ok(error instanceof LibvirtError && error.code === ErrorCode.badUri);
          assert.match(error.message, words);
          assert.doesNotMatch(error.message, /secret/);
          return true;
        },
      );
    });
  }
});
