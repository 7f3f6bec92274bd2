import type { Codec } from '../xdr/codec.ts';
import { Program } from './packet-header.ts';

/** One remote procedure: its number and the XDR of what goes there and what comes back. */
export interface Procedure<Args, Ret> {
  readonly name: string;
  readonly program: number;
  readonly number: number;
  readonly args: Codec<Args>;
  readonly ret: Codec<Ret>;
}

/** One message that the server sends by itself. */
export interface EventMessage<Payload> {
  readonly name: string;
  readonly program: number;
  readonly number: number;
  readonly payload: Codec<Payload>;
}

export type ArgsOf<P> = P extends Procedure<infer Args, unknown> ? Args : never;
export type RetOf<P> = P extends Procedure<never, infer Ret> ? Ret : never;

/** A procedure of the remote program, the one that nearly all of libvirt's API is made of. */
export function remoteProcedure<Args, Ret>(
  name: string,
  number: number,
  args: Codec<Args>,
  ret: Codec<Ret>,
): Procedure<Args, Ret> {
  return { name, program: Program.remote, number, args, ret };
}

export function qemuProcedure<Args, Ret>(
  name: string,
  number: number,
  args: Codec<Args>,
  ret: Codec<Ret>,
): Procedure<Args, Ret> {
  return { name, program: Program.qemu, number, args, ret };
}

export function remoteEvent<Payload>(
  name: string,
  number: number,
  payload: Codec<Payload>,
): EventMessage<Payload> {
  return { name, program: Program.remote, number, payload };
}

export function qemuEvent<Payload>(
  name: string,
  number: number,
  payload: Codec<Payload>,
): EventMessage<Payload> {
  return { name, program: Program.qemu, number, payload };
}
