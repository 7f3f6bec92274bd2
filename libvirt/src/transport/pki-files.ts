import { access, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ErrorCode, LibvirtError } from '../errors/libvirt-error.ts';

/** PEM texts for mutual TLS. */
export interface Certificates {
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
}

interface PkiPaths {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

function inFolder(folder: string): PkiPaths {
  return {
    ca: join(folder, 'cacert.pem'),
    cert: join(folder, 'clientcert.pem'),
    key: join(folder, 'clientkey.pem'),
  };
}

const systemPaths: PkiPaths = {
  ca: '/etc/pki/CA/cacert.pem',
  cert: '/etc/pki/libvirt/clientcert.pem',
  key: '/etc/pki/libvirt/private/clientkey.pem',
};

/** Finds the certificates where libvirt's own client looks: `pkipath=`, the user's folder, the system's. */
export async function readPkiFiles(pkiPath: string | undefined): Promise<Certificates> {
  if (pkiPath !== undefined) return readAll(inFolder(pkiPath));
  const personal = inFolder(join(homedir(), '.pki', 'libvirt'));
  const isRoot = process.getuid?.() === 0;
  if (!isRoot && (await exists(personal.cert))) {
    return readAll({ ...personal, ca: (await exists(personal.ca)) ? personal.ca : systemPaths.ca });
  }
  return readAll(systemPaths);
}

async function readAll(paths: PkiPaths): Promise<Certificates> {
  const [ca, cert, key] = await Promise.all([
    readIfThere(paths.ca),
    readIfThere(paths.cert),
    readIfThere(paths.key),
  ]);
  if ((cert === undefined) !== (key === undefined)) {
    throw new LibvirtError(
      ErrorCode.tlsFailed,
      `a client certificate needs its key: ${cert === undefined ? paths.cert : paths.key} is missing`,
    );
  }
  return { ca, cert, key };
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new LibvirtError(ErrorCode.tlsFailed, `cannot read ${path}: ${(cause as Error).message}`, {
      cause,
    });
  }
}
