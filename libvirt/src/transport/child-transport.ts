import { spawn } from 'node:child_process';
import { Duplex } from 'node:stream';
import { ErrorCode, LibvirtError } from '../errors/libvirt-error.ts';

const STDERR_KEPT = 2048;

/** Runs a program that carries the bytes over its standard input and output (ssh, virt-ssh-helper, nc). */
export function openChild(command: string, args: readonly string[], signal: AbortSignal): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    let complaints = '';
    child.stderr.on('data', (chunk: Buffer) => {
      complaints = (complaints + chunk.toString()).slice(-STDERR_KEPT);
    });
    const failure = (why: string, cause?: unknown): LibvirtError =>
      new LibvirtError(ErrorCode.connectFailed, `${command} ${why}`, { cause });

    const stream: Duplex = new Duplex({
      read: () => {
        child.stdout.resume();
      },
      write: (chunk: Buffer, _encoding, done) => {
        // Writing to a program that has gone is reported by its exit, in its own words.
        child.stdin.write(chunk, () => {
          done();
        });
      },
      final: (done) => {
        child.stdin.end(done);
      },
      destroy: (error, done) => {
        signal.removeEventListener('abort', onAbort);
        child.stdin.destroy();
        child.stdout.destroy();
        if (child.exitCode === null) child.kill();
        done(error);
      },
    });
    const onAbort = (): void => {
      stream.destroy();
      reject(failure('was given up', signal.reason));
    };
    signal.addEventListener('abort', onAbort, { once: true });
    child.stdout.on('data', (chunk: Buffer) => {
      if (!stream.push(chunk)) child.stdout.pause();
    });
    child.stdin.on('error', () => undefined);
    child.once('error', (cause) => {
      stream.destroy();
      reject(failure(`could not be run: ${cause.message}`, cause));
    });
    child.once('close', (code, killedBy) => {
      if (stream.destroyed) return;
      const said = complaints.trim();
      const how = code === null ? `was ended by ${killedBy ?? 'a signal'}` : `ended with ${code}`;
      stream.destroy(failure(said === '' ? how : `${how}: ${said}`));
    });
    child.once('spawn', () => {
      // From here on the connection's own deadlines apply.
      signal.removeEventListener('abort', onAbort);
      if (!stream.destroyed) resolve(stream);
    });
    if (signal.aborted) onAbort();
  });
}
