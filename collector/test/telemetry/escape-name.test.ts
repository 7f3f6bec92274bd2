import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { escapePath, escapeTag, unescapeName } from '../../src/telemetry/escape-name.ts';

// well-formed Unicode: a lone surrogate cannot be a libvirt name, which is UTF-8
const anyName = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 260 })
  .map((name) => name.toWellFormed());

test('a name comes back from its tag escape', () => {
  fc.assert(fc.property(anyName, (name) => unescapeName(escapeTag(name)) === name));
});

test('a tag escape holds no control character and no backslash', () => {
  fc.assert(fc.property(anyName, (name) => !/[\u0000-\u001f\u007f\\]/.test(escapeTag(name))));
});

test('ordinary names are their own escape', () => {
  for (const name of ['web-01', 'instance_0000', 'Ünïcode, quote" and = space', '雪'])
    assert.equal(escapeTag(name), name);
  for (const name of ['web-01', 'instance_0000', 'a'.repeat(250)]) assert.equal(escapePath(name), name);
});

test('a path part is one part, fits a file system, and comes back unless it was cut', () => {
  fc.assert(
    fc.property(anyName, (name) => {
      const escaped = escapePath(name);
      assert.match(escaped, /^[A-Za-z0-9_%~-]{1,250}$/);
      if (!escaped.includes('~')) assert.equal(unescapeName(escaped), name);
    }),
  );
});

test('long names that are cut stay apart', () => {
  const long = '雪'.repeat(249);
  const [a, b] = [escapePath(`${long}a`), escapePath(`${long}b`)];
  assert.notEqual(a, b);
  assert.match(a, /^(%[0-9A-F]{2})+~[0-9a-f]{16}$/);
});
