/** Writes src/data/api.gen.ts from the collector's OpenAPI document. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import openapiTypescript, { astToString, type OpenAPI3 } from 'openapi-typescript';
import { format, resolveConfig } from 'prettier';

const document = path.join(import.meta.dirname, '../collector/openapi.json');
export const apiTypesFile = path.join(import.meta.dirname, 'src/data/api.gen.ts');

export async function generateApiTypes(): Promise<string> {
  const openapi = JSON.parse(readFileSync(document, 'utf8')) as OpenAPI3;
  const text = astToString(await openapiTypescript(openapi));
  const header =
    '// Made by "npm run generate -w evenkeel-fleet-app" from collector/openapi.json; not edited by hand.\n';
  return format(header + text, { ...(await resolveConfig(apiTypesFile)), parser: 'typescript' });
}

if (import.meta.main) writeFileSync(apiTypesFile, await generateApiTypes());
