/** The kinds are those of the API's problems, so that a route passes them on as they are. */
export type ActErrorKind =
  'bad-request' | 'forbidden' | 'not-found' | 'conflict' | 'refused' | 'not-available';

export type ActErrorDetail = { readonly where: string; readonly message: string; readonly advice?: string };

/** Why something was not done: one plain sentence, and every single thing that was in the way. */
export class ActError extends Error {
  override readonly name = 'ActError';
  readonly kind: ActErrorKind;
  /** A stable name for programs, e.g. "stale-plan". */
  readonly code: string;
  readonly details: readonly ActErrorDetail[];

  constructor(kind: ActErrorKind, code: string, message: string, details: readonly ActErrorDetail[] = []) {
    super(message);
    this.kind = kind;
    this.code = code;
    this.details = details;
  }
}
