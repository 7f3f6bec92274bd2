// Writes what is checked in: npm run build -w @evenkeel/dashboards
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { builtFiles } from './built-files.ts';

const root = path.join(import.meta.dirname, '../..');
for (const [file, text] of builtFiles()) {
  writeFileSync(path.join(root, file), text);
  console.log(file);
}
