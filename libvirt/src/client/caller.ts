import type { CallOptions } from '../connection/connection.ts';
import type { Procedure } from '../packet/procedure.ts';

/** Anything that carries calls to a host: a connection, or a client. */
export interface Caller {
  call<Args, Ret>(procedure: Procedure<Args, Ret>, args: Args, options?: CallOptions): Promise<Ret>;
}
