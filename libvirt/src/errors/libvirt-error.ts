/** What can go wrong, as a closed list. Each code says which side of the call to look at. */
export const ErrorCode = {
  /** The connection URI cannot be used. */
  badUri: 'LV_BAD_URI',
  /** An argument of a call breaks a limit of the protocol; nothing was sent. */
  badArgument: 'LV_BAD_ARGUMENT',
  /** The transport could not be opened: nobody listens, no route, the helper program failed. */
  connectFailed: 'LV_CONNECT_FAILED',
  /** TLS could not be agreed on, or one of the certificates was refused. */
  tlsFailed: 'LV_TLS_FAILED',
  /** The host refused the credentials. */
  authFailed: 'LV_AUTH_FAILED',
  /** The host wants a way of authentication that this client has not. */
  authUnsupported: 'LV_AUTH_UNSUPPORTED',
  /** The peer sent bytes that are not the libvirt protocol. */
  protocol: 'LV_PROTOCOL',
  /** No answer before the deadline of the call. */
  timeout: 'LV_TIMEOUT',
  /** The peer went silent: keepalive unanswered. */
  unresponsive: 'LV_UNRESPONSIVE',
  /** The connection is closed, by either side. */
  closed: 'LV_CLOSED',
  /** The caller's AbortSignal fired. */
  aborted: 'LV_ABORTED',
  /** The host's libvirt (or its driver) does not know this call. */
  notSupported: 'LV_NOT_SUPPORTED',
  /** The host executed the call and said no; see `libvirt`. */
  remote: 'LV_REMOTE',
} as const;

export type ErrorCode = (typeof ErrorCode)[keyof typeof ErrorCode];

/** libvirt's own account of a failure, as it came over the wire. */
export interface LibvirtDetail {
  /** virErrorNumber, see `LibvirtErrorNumber`. */
  readonly code: number;
  /** virErrorDomain: the part of libvirt that failed. */
  readonly domain: number;
  /** virErrorLevel: 1 warning, 2 error. */
  readonly level: number;
  readonly message: string;
}

export interface LibvirtErrorOptions {
  /** Whether the same call may succeed later without anybody changing anything. */
  readonly retryable?: boolean;
  readonly libvirt?: LibvirtDetail;
  readonly cause?: unknown;
}

const retryableByNature: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  ErrorCode.connectFailed,
  ErrorCode.timeout,
  ErrorCode.unresponsive,
  ErrorCode.closed,
]);

/** The one error class of this library. */
export class LibvirtError extends Error {
  override readonly name = 'LibvirtError';
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly libvirt: LibvirtDetail | undefined;

  constructor(code: ErrorCode, message: string, options: LibvirtErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable ?? retryableByNature.has(code);
    this.libvirt = options.libvirt;
  }
}
