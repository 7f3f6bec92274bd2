import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** The load a guest makes. */
export interface GuestLoad {
  /** Percent of one vCPU. */
  cpu: number;
  /** MiB of memory rewritten per second, ... */
  mem: number;
  /** ... going round a working set of this many MiB. */
  set: number;
  /** KiB written to the disk per second. */
  io: number;
}

const orderPort = 9000;
/** A connection that a guest took and forgot is given up; the next one may be answered. */
const askTimeoutMs = 15_000;

/** Gives a guest an order; resolves with the load it says it makes from now on. */
export async function guestOrder(
  address: string,
  order: Partial<GuestLoad>,
  timeoutMs = 60_000,
): Promise<GuestLoad> {
  const line = Object.entries(order)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
  const deadline = Date.now() + timeoutMs;
  let reason = '';
  while (Date.now() < deadline) {
    try {
      const answer = await ask(address, line, Math.min(askTimeoutMs, deadline - Date.now()));
      if (answer.startsWith('ok ')) return parseLoad(answer);
      reason = `it answered "${answer}"`;
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error);
    }
    await sleep(100);
  }
  throw new Error(`guest ${address} took no order within ${timeoutMs} ms: ${reason}`);
}

function ask(address: string, line: string, timeoutMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(orderPort, address);
    const timer = setTimeout(() => socket.destroy(new Error('no answer')), timeoutMs);
    socket.setEncoding('utf8');
    socket.on('connect', () => socket.write(`${line}\n`));
    socket.on('data', (text: string) => (answer += text));
    socket.on('end', () => socket.end());
    socket.on('error', reject);
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(answer.trim());
    });
  });
}

function parseLoad(answer: string): GuestLoad {
  const word = (name: string): number => {
    const value = new RegExp(`\\b${name}=(\\d+)`).exec(answer)?.[1];
    if (value === undefined) throw new Error(`no ${name} in a guest's answer "${answer}"`);
    return Number(value);
  };
  return { cpu: word('cpu'), mem: word('mem'), set: word('set'), io: word('io') };
}
