/** Thrown by a handler to answer a call with a libvirt error. Numbers as in virterror.h. */
export class RemoteFailure extends Error {
  override readonly name = 'RemoteFailure';
  readonly code: number;
  readonly domain: number;

  constructor(code: number, message: string, domain = 10) {
    super(message);
    this.code = code;
    this.domain = domain;
  }
}
