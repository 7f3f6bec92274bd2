export type JournalErrorCode =
  /** Another process holds the database. */
  | 'locked'
  /** The file or the tables are damaged. */
  | 'corrupt'
  /** The server or the file cannot be reached, read or written. */
  | 'unavailable'
  /** Two writers wanted what only one can have. */
  | 'conflict'
  /** Written by a newer collector. */
  | 'newer'
  | 'bad-url'
  /** Anything else the database says: a defect in the journal itself. */
  | 'internal';

/** The message is for an admin: which journal, what is wrong with it, what to do. */
export class JournalError extends Error {
  override readonly name = 'JournalError';
  readonly code: JournalErrorCode;

  constructor(code: JournalErrorCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}
