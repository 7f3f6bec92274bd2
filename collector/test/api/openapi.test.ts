import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { openapiDocument } from '../../src/api/openapi-document.ts';
import { version } from '../../src/version.ts';

type Document = {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, { summary?: string; tags?: string[] }>>;
  readonly components: { readonly schemas: Record<string, unknown> };
};

const read = async (): Promise<Document> =>
  JSON.parse(await readFile(new URL('../../openapi.json', import.meta.url), 'utf8')) as Document;

test('openapi.json is current (else: node collector/scripts/write-openapi.ts)', async () => {
  const current: unknown = JSON.parse(JSON.stringify(await openapiDocument(version)));
  assert.deepEqual(await read(), current);
});

test('every operation has a summary and a tag, and every reference leads somewhere', async () => {
  const document = await read();
  assert.match(document.openapi, /^3\.1\./);
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      assert.ok(operation.summary, `${method} ${path} has no summary`);
      assert.equal(operation.tags?.length, 1, `${method} ${path} needs one tag`);
    }
  }
  const references = JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g);
  for (const [, name = ''] of references)
    assert.ok(name in document.components.schemas, `${name} is missing`);
});
