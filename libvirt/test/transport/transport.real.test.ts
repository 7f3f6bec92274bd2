import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { type Lab, startLab } from '@evenkeel/lab';
import {
  connectGetHostname,
  connectGetType,
  connectGetUri,
  connectListAllDomains,
  domainGetInfo,
  LibvirtClient,
  nodeGetInfo,
  openChild,
} from '../../src/index.ts';

const run = promisify(execFile);

async function hostnameThrough(
  uri: string,
  credentials?: { user: string; password: string },
): Promise<string> {
  const client = await LibvirtClient.connect(uri, { ...(credentials && { credentials }) });
  try {
    return (await client.call(connectGetHostname, undefined)).hostname;
  } finally {
    client.close();
  }
}

describe('real libvirtd through each transport', { timeout: 600_000 }, () => {
  let lab: Lab;
  let scratch: string;

  before(async () => {
    lab = await startLab({ hosts: 1, vmsPerHost: 0, tls: true });
    scratch = await mkdtemp(join(tmpdir(), 'libvirt-transport-'));
  });
  after(async () => {
    await lab.down();
    await rm(scratch, { recursive: true });
  });

  for (const transport of ['unix', 'tcp', 'tls'] as const) {
    test(transport, async () => {
      assert.equal(await hostnameThrough(lab.host('h1').uris[transport]!), 'h1');
    });
  }

  test('a child process: virt-ssh-helper, where the daemon runs', async () => {
    const host = lab.host('h1');
    const client = await LibvirtClient.connect('qemu:///system', {
      transport: (uri, signal) =>
        openChild('nsenter', ['-t', String(host.pid), '-a', '--', 'virt-ssh-helper', uri.name], signal),
    });
    assert.equal((await client.call(connectGetUri, undefined)).uri, 'qemu:///system');
    assert.ok((await client.call(nodeGetInfo, undefined)).cpus > 0);
    client.close();
  });

  /** Stands in for ssh where no sshd runs: checks how it is called, then does what sshd does with the command. */
  async function fakeSsh(): Promise<string> {
    const script = join(scratch, 'ssh');
    const shell = `exec nsenter -t ${lab.host('h1').pid} -a -- sh -c "$cmd"`;
    await writeFile(
      script,
      `#!/bin/sh\n[ "$1 $2 $3" = "-T -e none" ] || exit 9\nfor cmd; do :; done\n${shell}\n`,
    );
    await chmod(script, 0o755);
    return script;
  }

  for (const proxy of ['auto', 'native', 'netcat']) {
    test(`ssh, proxy=${proxy}`, async () => {
      const command = await fakeSsh();
      assert.equal(
        await hostnameThrough(`qemu+ssh://root@h1/system?command=${command}&proxy=${proxy}`),
        'h1',
      );
    });
  }

  test('ssh that fails says in whose words', async () => {
    await assert.rejects(
      hostnameThrough('qemu+ssh://root@127.0.0.1:1/system?no_tty=1&no_verify=1'),
      (error: Error & { code: string }) => {
        assert.equal(error.code, 'LV_CONNECT_FAILED');
        assert.match(error.message, /^ssh ended with 255: .*refused/i);
        return true;
      },
    );
    await assert.rejects(hostnameThrough(`qemu+ssh://h/system?command=${scratch}/none`), {
      code: 'LV_CONNECT_FAILED',
      message: /could not be run/,
    });
  });

  test('the test driver of the same daemon: test:///default', async () => {
    const host = lab.host('h1');
    for (const uri of [
      `test+tcp://${host.address}/default`,
      `test+unix:///default?socket=${host.socketPath}`,
    ]) {
      const client = await LibvirtClient.connect(uri);
      assert.equal((await client.call(connectGetType, undefined)).type, 'TEST');
      const { domains } = await client.call(connectListAllDomains, { needResults: true, flags: 0 });
      assert.deepEqual(
        domains.map(({ name }) => name),
        ['test'],
      );
      assert.equal((await client.call(domainGetInfo, { dom: domains[0]! })).maxMem, 8_388_608n);
      client.close();
    }
  });

  test('TLS: a client without a certificate is refused, and told so', async () => {
    const bare = join(scratch, 'bare');
    await mkdir(bare);
    await cp(join(lab.clientPkiDir!, 'cacert.pem'), join(bare, 'cacert.pem'));
    await assert.rejects(hostnameThrough(`qemu+tls://${lab.host('h1').address}/system?pkipath=${bare}`), {
      code: 'LV_TLS_FAILED',
      message: /refused our certificate/,
    });
  });

  test('TLS: a host that our CA does not vouch for is refused, unless no_verify=1', async () => {
    const strange = join(scratch, 'strange');
    await mkdir(strange);
    await cp(lab.clientPkiDir!, strange, { recursive: true });
    await run('sh', [
      '-c',
      `certtool --generate-privkey --rsa --bits 2048 >${strange}/ca.key 2>/dev/null &&
       printf 'cn=strange\\nca\\ncert_signing_key\\n' >${strange}/ca.t &&
       certtool --generate-self-signed --load-privkey ${strange}/ca.key --template ${strange}/ca.t >${strange}/cacert.pem 2>/dev/null`,
    ]);
    const uri = `qemu+tls://${lab.host('h1').address}/system?pkipath=${strange}`;
    await assert.rejects(hostnameThrough(uri), { code: 'LV_TLS_FAILED' });
    assert.equal(await hostnameThrough(`${uri}&no_verify=1`), 'h1');
  });

  test('TLS spoken to the port without it, and the other way round', async () => {
    const { address } = lab.host('h1');
    await assert.rejects(
      hostnameThrough(`qemu+tls://${address}:16509/system?pkipath=${lab.clientPkiDir!}`),
      (error: Error & { code: string }) => error.code === 'LV_TLS_FAILED',
    );
    await assert.rejects(
      hostnameThrough(`qemu+tcp://${address}:16514/system`),
      (error: Error & { code: string }) => ['LV_PROTOCOL', 'LV_CLOSED'].includes(error.code),
    );
  });
});

describe('SASL on a real libvirtd', { timeout: 600_000 }, () => {
  let lab: Lab;
  before(async () => {
    lab = await startLab({
      hosts: 1,
      tls: true,
      libvirtdConf: { auth_tls: '"sasl"' },
      etc: { 'sasl2/libvirt.conf': 'mech_list: scram-sha-256\nsasldb_path: /etc/libvirt/passwd.db\n' },
    });
    const database = join(lab.host('h1').dir, 'etc/libvirt/passwd.db');
    await run('sh', ['-c', `echo pencil | saslpasswd2 -p -c -a libvirt -u h1 -f ${database} admin`]);
  });
  after(() => lab.down());

  test('SCRAM-SHA-256 over TLS', async () => {
    const { tls } = lab.host('h1').uris;
    assert.equal(await hostnameThrough(tls!, { user: 'admin@h1', password: 'pencil' }), 'h1');
  });

  test('a wrong password is refused, without repeating it', async () => {
    const { tls } = lab.host('h1').uris;
    await assert.rejects(
      hostnameThrough(tls!, { user: 'admin@h1', password: 'crayon' }),
      (error: Error & { code: string }) => {
        assert.equal(error.code, 'LV_AUTH_FAILED');
        assert.doesNotMatch(error.message, /crayon/);
        return true;
      },
    );
  });

  test('no password is refused with what is needed', async () => {
    await assert.rejects(hostnameThrough(lab.host('h1').uris.tls!), {
      code: 'LV_AUTH_FAILED',
      message: /none were given/,
    });
  });
});
