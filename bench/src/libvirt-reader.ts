// Our client at work for the libvirt benchmark, in a process of its own, measuring itself; prints one line of JSON.
// The benchmark compiles it first, library included: what is measured is what is published.
//   node bench/src/libvirt-reader.ts saturate URI CONNECTIONS SECONDS GROUPS
//   node bench/src/libvirt-reader.ts fleet URI CONNECTIONS SECONDS GROUPS INTERVAL_MS
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { LibvirtClient } from '../../libvirt/src/index.ts';

const [mode, uri = '', connections = '1', seconds = '3', groups = '0', interval = '10000'] =
  process.argv.slice(2);
const count = Number(connections);
const periodMs = Number(interval);
const options = { groups: Number(groups) };

const clients: LibvirtClient[] = [];
// In batches, as a daemon lets in only so many at a time.
for (let opened = 0; opened < count; opened += 10) {
  const batch = Array.from({ length: Math.min(10, count - opened) }, () => LibvirtClient.connect(uri));
  clients.push(...(await Promise.all(batch)));
}

let calls = 0;
let records = 0;
let peakRss = 0;
async function read(client: LibvirtClient): Promise<void> {
  const stats = await client.domainStats(options);
  records += stats.length;
  calls += 1;
}

async function saturate(forMs: number): Promise<void> {
  const until = performance.now() + forMs;
  await Promise.all(
    clients.map(async (client) => {
      while (performance.now() < until) await read(client);
    }),
  );
}

/** Every client once per period, spread evenly over it. */
async function fleet(forMs: number): Promise<void> {
  const started = performance.now();
  const pending: Promise<void>[] = [];
  for (let turn = 0; ; turn++) {
    const due = (turn * periodMs) / count;
    if (due >= forMs) break;
    const wait = due - (performance.now() - started);
    if (wait > 1) await sleep(wait);
    pending[turn % count] = read(clients[turn % count]!);
    peakRss = Math.max(peakRss, turn % 50 === 0 ? process.memoryUsage.rss() : 0);
  }
  await Promise.all(pending);
}

const work = mode === 'fleet' ? fleet : saturate;
// Until the code is compiled and the heap has its size.
await work(mode === 'fleet' ? periodMs : 1000);
calls = 0;
records = 0;
peakRss = 0;
const RESOLUTION_MS = 1;
const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
delay.enable();
const cpuBefore = process.cpuUsage();
const started = performance.now();
await work(Number(seconds) * 1000);
const elapsed = (performance.now() - started) / 1000;
const cpu = process.cpuUsage(cpuBefore);
delay.disable();
process.stdout.write(
  `${JSON.stringify({
    calls,
    records,
    seconds: elapsed,
    cpuSeconds: (cpu.user + cpu.system) / 1e6,
    rssMiB: Math.max(peakRss, process.memoryUsage.rss()) / 2 ** 20,
    eventLoopDelayMs: {
      p50: delay.percentile(50) / 1e6,
      p99: delay.percentile(99) / 1e6,
      max: delay.max / 1e6,
    },
  })}\n`,
);
for (const client of clients) client.close();
