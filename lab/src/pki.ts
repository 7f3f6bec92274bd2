import { copyFile, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from './run-command.ts';
import { maxHosts, slot, slotCount } from './slot.ts';

export interface Pki {
  /** What a client needs, laid out for `pkipath=`: cacert.pem, clientcert.pem, clientkey.pem. */
  clientDir: string;
  /** A host's /etc/pki: what libvirtd, QEMU and the host's own client side look for. */
  hostDir: (host: string) => string;
}

/**
 * One CA, a certificate for each host that is good in every slot, and one for clients. Made once per checkout.
 * RSA: QEMU refuses elliptic-curve certificates for migration.
 */
export async function pki(cacheDir: string): Promise<Pki> {
  const dir = join(cacheDir, 'pki');
  const made: Pki = { clientDir: join(dir, 'client'), hostDir: (host) => join(dir, host) };
  try {
    await readFile(join(made.clientDir, 'clientcert.pem'));
    return made;
  } catch {
    // Not made yet.
  }
  await mkdir(cacheDir, { recursive: true });
  const work = await mkdtemp(join(cacheDir, 'pki-'));
  try {
    await issueAll(work);
    await rename(work, dir).catch(async () => {
      // Another lab of this checkout was quicker; its certificates are as good.
      await readFile(join(made.clientDir, 'clientcert.pem'));
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return made;
}

async function issueAll(dir: string): Promise<void> {
  const caKey = join(dir, 'ca-key.pem');
  const caCert = join(dir, 'ca.pem');
  await makeKey(caKey);
  const caTemplate = join(dir, 'ca.template');
  await writeFile(caTemplate, 'cn = "Evenkeel lab CA"\nca\ncert_signing_key\nexpiration_days = 3650\n');
  await certtool(
    '--generate-self-signed',
    '--load-privkey',
    caKey,
    '--template',
    caTemplate,
    '--outfile',
    caCert,
  );

  const issue = async (name: string, subject: string): Promise<{ key: string; cert: string }> => {
    const key = join(dir, `${name}-key.pem`);
    const cert = join(dir, `${name}-cert.pem`);
    const template = join(dir, `${name}.template`);
    const uses = 'signing_key\nencryption_key\ntls_www_server\ntls_www_client\nexpiration_days = 3650\n';
    await writeFile(template, `cn = "${name}"\n${subject}${uses}`);
    await makeKey(key);
    await certtool(
      ...['--generate-certificate', '--load-ca-certificate', caCert, '--load-ca-privkey', caKey],
      ...['--load-privkey', key, '--template', template, '--outfile', cert],
    );
    return { key, cert };
  };

  const client = await issue('client', '');
  const clientDir = join(dir, 'client');
  await mkdir(clientDir);
  await copyFile(caCert, join(clientDir, 'cacert.pem'));
  await copyFile(client.cert, join(clientDir, 'clientcert.pem'));
  await copyFile(client.key, join(clientDir, 'clientkey.pem'));

  for (let host = 1; host <= maxHosts; host++) {
    const name = `h${host}`;
    const addresses = Array.from(
      { length: slotCount },
      (_, n) => `ip_address = ${slot(n).hostAddress(host)}\n`,
    );
    const issued = await issue(name, `dns_name = "${name}"\n${addresses.join('')}`);
    const layout: [string, string][] = [
      [caCert, 'CA/cacert.pem'],
      [caCert, 'qemu/ca-cert.pem'],
    ];
    for (const side of ['server', 'client']) {
      layout.push([issued.cert, `libvirt/${side}cert.pem`], [issued.key, `libvirt/private/${side}key.pem`]);
      layout.push([issued.cert, `qemu/${side}-cert.pem`], [issued.key, `qemu/${side}-key.pem`]);
    }
    for (const [from, to] of layout) {
      const target = join(dir, name, to);
      await mkdir(join(target, '..'), { recursive: true });
      await copyFile(from, target);
    }
  }
}

async function makeKey(file: string): Promise<void> {
  await certtool('--generate-privkey', '--key-type', 'rsa', '--bits', '2048', '--outfile', file);
}

async function certtool(...args: string[]): Promise<void> {
  await runCommand('certtool', args);
}
