import type { Duplex } from 'node:stream';
import type { ConnectUri } from '../uri/connect-uri.ts';
import { openChild } from './child-transport.ts';

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** What the other machine's shell runs: libvirt's helper where there is one, else netcat to the daemon's socket. */
export function remoteCommand(uri: ConnectUri): string {
  const { proxy, netcat } = uri.ssh;
  const helper = `virt-ssh-helper ${quoted(uri.name)}`;
  // Netcats differ: some need -q to close when their input ends, others do not know it.
  const nc = quoted(netcat);
  const socket = quoted(uri.socket);
  const viaNetcat =
    `if ${nc} -q 2>&1 | grep "requires an argument" >/dev/null 2>&1; then ARG=-q0; else ARG=; fi; ` +
    `${nc} $ARG -U ${socket}`;
  const script =
    proxy === 'native'
      ? helper
      : proxy === 'netcat'
        ? viaNetcat
        : `if command -v virt-ssh-helper >/dev/null 2>&1; then ${helper}; else ${viaNetcat}; fi`;
  return `sh -c ${quoted(script)}`;
}

/** The arguments of ssh, in the order in which libvirt gives them. */
export function sshArguments(uri: ConnectUri): string[] {
  const { batch, checkHostKey, keyFile } = uri.ssh;
  return [
    '-T',
    '-e',
    'none',
    ...(uri.port === undefined ? [] : ['-p', String(uri.port)]),
    ...(uri.user === undefined ? [] : ['-l', uri.user]),
    ...(keyFile === undefined ? [] : ['-i', keyFile]),
    ...(batch ? ['-o', 'PasswordAuthentication=no', '-o', 'BatchMode=yes'] : []),
    ...(checkHostKey ? [] : ['-o', 'StrictHostKeyChecking=no']),
    '--',
    uri.host,
    remoteCommand(uri),
  ];
}

/** Reaches the daemon through the `ssh` program: keys, agent, jump hosts and configuration are ssh's own. */
export function openSsh(uri: ConnectUri, signal: AbortSignal): Promise<Duplex> {
  return openChild(uri.ssh.command, sshArguments(uri), signal);
}
