import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { apiTypesFile, generateApiTypes } from '../generate-api-types.ts';

test('the types of the API are those of the collector’s OpenAPI document', async () => {
  assert.equal(
    readFileSync(apiTypesFile, 'utf8'),
    await generateApiTypes(),
    'run "npm run generate -w evenkeel-fleet-app"',
  );
});
