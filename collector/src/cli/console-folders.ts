import { fileURLToPath } from 'node:url';
import type { ConsoleFolders } from '../api/console.ts';

/** Where `npm run build` of the console and of the plugin put what they make. */
export const consoleFolders: ConsoleFolders = {
  host: fileURLToPath(new URL('../../../console/dist', import.meta.url)),
  plugin: fileURLToPath(new URL('../../../grafana-plugin/dist', import.meta.url)),
};
