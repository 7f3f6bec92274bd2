import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { TokenRecord } from './token.ts';

const TokenFileContent = Type.Array(TokenRecord);

/** The tokens of one collector, hashed, in a file that only its owner may read. */
export class TokenFile {
  readonly path: string;
  #records = new Map<string, TokenRecord>();
  #seen = '';

  constructor(path: string) {
    this.path = path;
  }

  /** Looks again when the file has changed: a token made or revoked by the CLI counts at once. */
  find(id: string): TokenRecord | undefined {
    this.#refresh();
    return this.#records.get(id);
  }

  list(): readonly TokenRecord[] {
    this.#refresh();
    return [...this.#records.values()];
  }

  add(record: TokenRecord): void {
    this.#write([...this.list(), record]);
  }

  /** Whether there was one to remove. */
  remove(id: string): boolean {
    const kept = this.list().filter((record) => record.id !== id);
    if (kept.length === this.#records.size) return false;
    this.#write(kept);
    return true;
  }

  #refresh(): void {
    const stat = statSync(this.path, { throwIfNoEntry: false, bigint: true });
    const mark = stat ? `${stat.ino}:${stat.mtimeNs}:${stat.size}` : '';
    if (mark === this.#seen) return;
    this.#records = new Map((stat ? this.#read() : []).map((record) => [record.id, record]));
    this.#seen = mark;
  }

  #read(): TokenRecord[] {
    let content: unknown;
    try {
      content = JSON.parse(readFileSync(this.path, 'utf8'));
    } catch (cause) {
      throw new Error(
        `the token file ${this.path} is not valid JSON; restore it, or remove it and make new tokens`,
        { cause },
      );
    }
    if (!Value.Check(TokenFileContent, content)) {
      throw new Error(
        `the token file ${this.path} does not hold tokens; restore it, or remove it and make new tokens`,
      );
    }
    return content;
  }

  #write(records: readonly TokenRecord[]): void {
    mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
    // Written beside and renamed: a reader sees the old file or the new one, never half of it.
    const beside = `${this.path}.${process.pid}.new`;
    writeFileSync(beside, JSON.stringify(records, null, 2) + '\n', { mode: 0o600 });
    renameSync(beside, this.path);
  }
}
