import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { it } from 'node:test';
import fc from 'fast-check';
import { contentId, formatUuid, isUuid, nameId, observationNamespace, timeId, uuidBytes } from './identity.ts';

const sha1 = (bytes: Uint8Array): string => hash('sha1', bytes);
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

it('names the same message the same for ever', () => {
  // Kept from the first version: a change here would count every redelivery across an upgrade as a new event.
  assert.equal(
    contentId(sha1, 'ceiling/sensors/a_humidity/data', bytes('{"value":1}')),
    '843a9275-2ff2-511a-aefe-24309e5e93ac',
  );
});

it('keeps topic and bytes apart', () => {
  assert.notEqual(contentId(sha1, 'ab', bytes('c')), contentId(sha1, 'a', bytes('bc')));
});

it('names long messages too', () => {
  const long = bytes('x'.repeat(10_000));
  const input = Buffer.concat([uuidBytes(observationNamespace), bytes('a/ü'), Uint8Array.of(0), long]);
  const digest = sha1(input);
  assert.equal(contentId(sha1, 'a/ü', long).slice(0, 8), digest.slice(0, 8));
  assert.equal(contentId(sha1, 'a/ü', long), contentId(sha1, 'a/ü', long));
});

it('makes well-formed ids of version 5 and 7', () => {
  fc.assert(
    fc.property(fc.string(), fc.uint8Array(), (topic, payload) => {
      const id = contentId(sha1, topic, payload);
      return isUuid(id) && id[14] === '5' && '89ab'.includes(id[19] ?? '');
    }),
  );
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 2 ** 47 }),
      fc.uint8Array({ minLength: 16, maxLength: 16 }),
      (timeMs, random) => {
        const id = timeId(timeMs, random);
        const time = Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
        return isUuid(id) && id[14] === '7' && time === timeMs;
      },
    ),
  );
});

it('orders ids of version 7 by time', () => {
  const random = new Uint8Array(16);
  assert.ok(timeId(1_000, random) < timeId(1_001, random));
});

it('reads back the bytes of an id', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (id) =>
      assert.deepEqual(uuidBytes(formatUuid(id)), Uint8Array.from(id)),
    ),
  );
});

it('names what is part of something as RFC 9562 does (A.4)', () => {
  const dns = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';
  assert.equal(nameId(sha1, dns, 'www.example.com'), '2ed6657d-e927-568b-95e1-2665a8aea6a2');
});
