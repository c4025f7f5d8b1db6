import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  firstUserProperties,
  readUserProperties,
  type UserProperties,
  userPropertiesBeyond,
  userPropertiesText,
} from './user-properties.ts';

const pairs = (count: number, value = 'v'): UserProperties => Array.from({ length: count }, (_, n) => [`n${n}`, value]);

describe('user properties', () => {
  it('are written as an array of pairs, in their order and with repeated names', () => {
    const text = userPropertiesText([
      ['unit', 'lx'],
      ['unit', 'fc'],
      ['', 'é"\u0000\ud800'],
    ]);
    assert.equal(text, '[["unit","lx"],["unit","fc"],["","é\\"\\u0000\\ud800"]]');
    assert.ok(text.isWellFormed());
  });

  it('are read as they were written, whatever characters they have', () => {
    const unit = fc.string({ unit: fc.constantFrom('a', 'é', '"', '\\', '\u0000', '\ud800', '😀', '\n') });
    fc.assert(
      fc.property(fc.array(fc.tuple(unit, unit)), (properties) => {
        assert.deepEqual(readUserProperties(userPropertiesText(properties)), properties);
      }),
    );
  });

  it('are not read from anything else', () => {
    for (const text of ['', 'x', '{}', 'null', '"a"', '[1]', '[["a"]]', '[["a","b","c"]]', '[["a",1]]', '[null]']) {
      assert.equal(readUserProperties(text), 'unreadable', text);
    }
  });

  it('are kept up to 64 pairs and 8192 bytes', () => {
    assert.equal(userPropertiesBeyond(pairs(64)), undefined);
    assert.equal(userPropertiesBeyond(pairs(65)), '65 user properties came, and 64 are kept');
    const around = '[["é",""]]'.length + 1;
    assert.equal(userPropertiesBeyond([['é', 'v'.repeat(8192 - around)]]), undefined);
    const detail = 'the user properties take 8193 bytes as JSON, and 8192 are kept';
    assert.equal(userPropertiesBeyond([['é', 'v'.repeat(8193 - around)]]), detail);
  });

  it('are kept from the front where they are too many, and as many as there can be', () => {
    const value = fc.string({ maxLength: 400 });
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value), { maxLength: 80 }), (properties) => {
        const kept = firstUserProperties(properties);
        assert.deepEqual(kept, properties.slice(0, kept.length));
        assert.equal(userPropertiesBeyond(kept), undefined);
        if (kept.length === properties.length) return;
        assert.ok(userPropertiesBeyond(properties.slice(0, kept.length + 1)) !== undefined);
      }),
    );
  });
});
