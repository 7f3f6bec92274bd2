import { ErrorCode, LibvirtError } from '../errors/libvirt-error.ts';
import { LibvirtErrorNumber } from '../constants/libvirt-error-number.ts';
import type { RemoteError } from '../wire/remote-error.ts';

/** What may go away by itself: system calls that failed, a lock held too long, a guest agent that slept. */
const retryable: ReadonlySet<number> = new Set([
  LibvirtErrorNumber.system,
  LibvirtErrorNumber.operationTimeout,
  LibvirtErrorNumber.agentUnresponsive,
]);

/** Turns the error that answered a call into ours. */
export function answerError(call: string, error: RemoteError): LibvirtError {
  const message = error.message ?? `error ${error.code} without a message`;
  const libvirt = { code: error.code, domain: error.domain, level: error.level, message };
  // A host older than the call answers with a generic RPC error; only its words tell.
  const unknown = error.code === LibvirtErrorNumber.rpc && message.startsWith('unknown procedure');
  if (unknown || error.code === LibvirtErrorNumber.noSupport) {
    return new LibvirtError(ErrorCode.notSupported, `${call} is not supported by the host: ${message}`, {
      libvirt,
    });
  }
  return new LibvirtError(ErrorCode.remote, `${call} failed: ${message}`, {
    libvirt,
    retryable: retryable.has(error.code),
  });
}
