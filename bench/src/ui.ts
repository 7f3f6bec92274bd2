import { chromium, type CDPSession, type Page } from '@playwright/test';
import { parseArgs } from 'node:util';
import { startUiFleet } from './ui-fleet.ts';
import { buildUi } from '../../scripts/build-ui.ts';

const firstPictureBar = 2000;
const frameBar = 1000 / 60;
/** Heap after the last hour's updates, against the heap when everything had been drawn a few times. */
const growthBar = 1.1;
const warmUpdates = 30;

const screens = {
  laptop: { width: 1280, height: 800 },
  wall: { width: 3840, height: 2160 },
};

/** The wall in headless Chromium, which paints in software: the figures are CPU time of the page's main thread. */
export const uiBench = {
  description:
    'the fleet page: first picture, pan and zoom, memory, at 1000 hosts with 50 VMs each; Chromium',
  run: async (args: readonly string[]): Promise<unknown> => {
    const { values } = parseArgs({
      args: [...args],
      options: {
        hosts: { type: 'string', default: '1000' },
        vms: { type: 'string', default: '50' },
        // An hour of the collector's default interval.
        updates: { type: 'string', default: '720' },
      },
    });
    const [hosts, vms, updates] = [Number(values.hosts), Number(values.vms), Number(values.updates)];
    buildUi();
    const fleet = await startUiFleet(hosts, vms);
    const browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    });
    try {
      const measured: Record<string, unknown> = {};
      for (const [name, viewport] of Object.entries(screens)) {
        const context = await browser.newContext({ viewport });
        const page = await context.newPage();
        page.setDefaultTimeout(180_000);
        await page.addInitScript(watchPaints);
        await page.goto(`${fleet.url}/#token=${fleet.token}`);
        await page.getByRole('navigation', { name: 'Pages' }).waitFor();
        measured[name] = {
          firstPictureMs: await firstPicture(page, fleet.url, hosts),
          ...(await panAndZoom(page)),
          ...(name === 'laptop' ? { memory: await memory(page, fleet.tick, updates) } : {}),
        };
        await context.close();
      }
      return { hosts, vms: hosts * vms, bars: { firstPictureBar, frameBar, growthBar }, ...measured };
    } finally {
      await browser.close();
      await fleet.close();
    }
  },
};

type WallPaint = { hosts: number; vms: number; at: number };
/** What the functions that run in the page know of its globals. */
type BenchWindow = {
  wallPaints: WallPaint[];
  wallPainted: ((paint: WallPaint) => void) | null;
  requestAnimationFrame: (callback: () => void) => void;
};

/** Runs in the page, before its own scripts. */
function watchPaints(): void {
  const bench = globalThis as unknown as BenchWindow;
  bench.wallPaints = [];
  bench.wallPainted = null;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntriesByName('wall-paint')) {
      const { hosts, vms } = (entry as unknown as { detail: WallPaint }).detail;
      const paint = { hosts, vms, at: entry.startTime + entry.duration };
      if (bench.wallPaints.length < 1000) bench.wallPaints.push(paint);
      bench.wallPainted?.(paint);
    }
  }).observe({ type: 'measure' });
}

/** From the navigation to the first wall with all hosts and their VMs; the login is kept, nothing else is. */
async function firstPicture(page: Page, url: string, hosts: number): Promise<number> {
  const cdp = await page.context().newCDPSession(page);
  const took: number[] = [];
  for (let run = 0; run < 3; run += 1) {
    await cdp.send('Network.clearBrowserCache');
    await page.goto('about:blank');
    await page.goto(`${url}/a/evenkeel-fleet-app/fleet`);
    const paint = await page.waitForFunction((wanted) => {
      const { wallPaints } = globalThis as unknown as BenchWindow;
      return wallPaints.find((one) => one.hosts === wanted)?.at;
    }, hosts);
    took.push((await paint.jsonValue()) ?? Infinity);
  }
  await cdp.detach();
  return Math.round(took.sort((a, b) => a - b)[1]!);
}

/** Zooms in and out and drags, and reads from a trace what each frame cost the main thread. */
async function panAndZoom(page: Page): Promise<object> {
  const box = await page.getByTestId('evenkeel-wall').boundingBox();
  if (box === null) throw new Error('the wall is not there');
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  const zoom = await framesOf(page, async () => {
    for (const delta of [...Array<number>(30).fill(-120), ...Array<number>(20).fill(120)]) {
      await page.mouse.wheel(0, delta);
      await page.evaluate(nextFrame);
    }
  });
  const pan = await framesOf(page, async () => {
    await page.mouse.down();
    for (let step = 1; step <= 50; step += 1) {
      await page.mouse.move(x + 4 * step, y + 2 * step);
      await page.evaluate(nextFrame);
    }
    await page.mouse.up();
  });
  return { zoom, pan };
}

const nextFrame = (): Promise<void> =>
  new Promise<void>((resolve) => {
    (globalThis as unknown as BenchWindow).requestAnimationFrame(resolve);
  });

type TraceEvent = {
  name: string;
  ph: string;
  ts: number;
  dur?: number;
  tdur?: number;
  tid: number;
  pid: number;
};

async function framesOf(page: Page, act: () => Promise<void>): Promise<object> {
  const cdp = await page.context().newCDPSession(page);
  const events: TraceEvent[] = [];
  cdp.on('Tracing.dataCollected', ({ value }) => events.push(...(value as unknown as TraceEvent[])));
  await cdp.send('Tracing.start', {
    traceConfig: {
      includedCategories: ['toplevel', 'devtools.timeline', 'disabled-by-default-devtools.timeline'],
    },
  });
  await act();
  const complete = new Promise((resolve) => cdp.once('Tracing.tracingComplete', resolve));
  await cdp.send('Tracing.end');
  await complete;
  await cdp.detach();
  return perFrame(events);
}

/** Work of the thread that runs animation frames, from one such frame to the next. */
function perFrame(events: TraceEvent[]): object {
  const frames = events.filter(({ name }) => name === 'FireAnimationFrame');
  const main = frames[0];
  if (main === undefined) throw new Error('the trace has no animation frame');
  const onMain = events.filter(({ pid, tid }) => pid === main.pid && tid === main.tid);
  const tasks = onMain
    .filter(({ name, tdur }) => name.endsWith('RunTask') && tdur !== undefined)
    .sort((a, b) => a.ts - b.ts);
  // Several callbacks of one frame run in one task.
  const isFrame = ({ ts, dur }: TraceEvent): boolean =>
    frames.some((frame) => frame.ts >= ts && frame.ts <= ts + (dur ?? 0));
  const starts = tasks.filter(isFrame).map(({ ts }) => ts);
  const work = starts.map(() => 0);
  let frame = 0;
  for (const { ts, tdur } of tasks) {
    while (frame + 1 < starts.length && ts >= starts[frame + 1]!) frame += 1;
    work[frame]! += (tdur ?? 0) / 1000;
  }
  work.sort((a, b) => a - b);
  const at = (share: number): number => Number(work[Math.floor((work.length - 1) * share)]!.toFixed(1));
  return { frames: work.length, cpuMs: { median: at(0.5), p95: at(0.95), most: at(1) } };
}

/** The page follows the fleet; each update is drawn before the next one comes. */
async function memory(page: Page, tick: () => void, updates: number): Promise<object> {
  const cdp = await page.context().newCDPSession(page);
  await page.getByText('live', { exact: true }).waitFor();
  const run = async (times: number): Promise<void> => {
    for (let done = 0; done < times; done += 1) {
      const painted = page.evaluate(
        () =>
          new Promise((resolve) => {
            (globalThis as unknown as BenchWindow).wallPainted = resolve;
          }),
      );
      tick();
      await painted;
    }
  };
  // The least of a few: at any moment the answer before may still be on its way out.
  const least = async (): Promise<Heap> => {
    const samples: Heap[] = [];
    for (let sample = 0; sample < 5; sample += 1) {
      await run(1);
      samples.push(await heap(cdp));
    }
    return samples.sort((a, b) => a.heapMb - b.heapMb)[0]!;
  };
  await run(Math.min(warmUpdates, updates));
  const before = await least();
  const work = await cpuSeconds(cdp);
  await run(updates);
  const cpuMsPerUpdate = Math.round((1000 * ((await cpuSeconds(cdp)) - work)) / updates);
  const after = await least();
  await cdp.detach();
  return {
    updates,
    cpuMsPerUpdate,
    before,
    after,
    growth: Number((after.heapMb / before.heapMb).toFixed(3)),
  };
}

async function cpuSeconds(cdp: CDPSession): Promise<number> {
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
  const { metrics } = await cdp.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0;
}

type Heap = { heapMb: number; nodes: number; listeners: number };

async function heap(cdp: CDPSession): Promise<Heap> {
  await cdp.send('HeapProfiler.enable');
  // Twice: what finalizers let go of is found by the second.
  for (let pass = 0; pass < 2; pass += 1) await cdp.send('HeapProfiler.collectGarbage');
  const { usedSize } = await cdp.send('Runtime.getHeapUsage');
  const { nodes, jsEventListeners } = await cdp.send('Memory.getDOMCounters');
  return { heapMb: Number((usedSize / 2 ** 20).toFixed(1)), nodes, listeners: jsEventListeners };
}
