import { enableCompileCache } from 'node:module';
import path from 'node:path';
import { evenkeel } from './evenkeel.ts';

// Reading and compiling some hundred modules is most of what a start costs; the second finds it done. Where the
// directory cannot be written there is no cache, and no harm.
enableCompileCache(path.resolve(import.meta.dirname, '../../../node_modules/.cache/evenkeel'));

// A reader that went away (`evenkeel vms | head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

const controller = new AbortController();
let asked = 0;
const stop = (signal: NodeJS.Signals): void => {
  asked += 1;
  // The second Ctrl-C means it.
  if (asked > 1) process.exit(signal === 'SIGINT' ? 130 : 143);
  controller.abort(signal);
};
process.on('SIGINT', stop);
process.on('SIGTERM', stop);

process.exitCode = await evenkeel(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  cwd: process.cwd(),
  signal: controller.signal,
  now: Date.now,
});
