import type { Procedure } from '../packet/procedure.ts';
import type { ServerConnection } from './server-connection.ts';

type Handler<Args, Ret> = (args: Args, connection: ServerConnection) => Ret | Promise<Ret>;

export interface CallEntry {
  readonly procedure: Procedure<unknown, unknown>;
  readonly handler: Handler<unknown, unknown>;
}

/** What a server answers: a handler for each procedure it knows. */
export class CallTable {
  readonly #entries = new Map<string, CallEntry>();

  answer<Args, Ret>(procedure: Procedure<Args, Ret>, handler: Handler<Args, Ret>): this {
    const entry = { procedure, handler } as unknown as CallEntry;
    this.#entries.set(`${procedure.program}:${procedure.number}`, entry);
    return this;
  }

  find(program: number, number: number): CallEntry | undefined {
    return this.#entries.get(`${program}:${number}`);
  }
}
