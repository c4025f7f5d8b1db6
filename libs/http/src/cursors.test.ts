import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { it } from 'node:test';
import fc from 'fast-check';
import { cursorsSealedBy, nextLink, scopeOf } from './cursors.ts';

const { encode, decode } = cursorsSealedBy((text) =>
  createHash('sha256').update(text).digest('base64url').slice(0, 10),
);

it('gives back the place it was made of, and only for the same question', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'binary' }), { maxLength: 4 }),
      fc.string(),
      fc.string(),
      (place, one, other) => {
        const cursor = encode(place, one);
        assert.deepEqual(decode(cursor, one), place);
        assert.match(cursor, /^[\w-]*$/);
        if (one !== other) assert.equal(decode(cursor, other), undefined);
      },
    ),
  );
});

it('takes no text that it did not write', () => {
  fc.assert(fc.property(fc.string(), (text) => assert.equal(decode(text, ''), undefined)));
  const cursor = encode(['a', 'b'], '');
  for (const changed of [`${cursor}=`, ` ${cursor}`, `${cursor}A`, cursor.slice(1)]) {
    assert.equal(decode(changed, ''), undefined, changed);
  }
});

it('is bound to everything asked for, in whatever order, but the size of the page', () => {
  const scope = scopeOf({ url: '/x?b=1&a=2', query: { b: '1', a: '2', limit: 3 } });
  assert.equal(
    scopeOf({ url: '/x?a=2&b=1&limit=9&cursor=c', query: { a: '2', b: '1', limit: 9, cursor: 'c' } }),
    scope,
  );
  assert.notEqual(scopeOf({ url: '/y?a=2&b=1', query: { a: '2', b: '1' } }), scope);
  assert.notEqual(scopeOf({ url: '/x?a=2', query: { a: '2' } }), scope);
});

it('goes on at the same address', () => {
  assert.equal(nextLink('/x?a=%20&cursor=old', 'new'), '/x?a=+&cursor=new');
  assert.equal(nextLink('/x', 'new'), '/x?cursor=new');
});
