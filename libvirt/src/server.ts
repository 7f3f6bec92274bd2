/**
 * The protocol as both sides need it: packets, the definition of every call and event, and the server's end of a
 * connection. For simulators, test doubles and proxies; a client needs `@evenkeel/libvirt` only.
 */
export * from './protocol.ts';
export { CallTable } from './server/call-table.ts';
export { RemoteFailure } from './server/remote-failure.ts';
export { ServerConnection, type ServerConnectionOptions } from './server/server-connection.ts';
