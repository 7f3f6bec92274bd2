import { writeFileSync } from 'node:fs';
import { openapiDocument } from '../src/api/openapi-document.ts';
import { version } from '../src/version.ts';

writeFileSync(
  new URL('../openapi.json', import.meta.url),
  JSON.stringify(await openapiDocument(version), null, 2) + '\n',
);
