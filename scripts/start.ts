// What `npm start` runs: a simulated fleet and a collector. Options after `--` go to `evenkeel demo`.
import { buildUi } from './build-ui.ts';

buildUi();
process.argv.splice(2, 0, 'demo');
await import('../collector/src/cli/run.ts');
