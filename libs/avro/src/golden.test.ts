/**
 * The bytes of every version of every event, as first written. They lie in logs for ever: a version whose bytes
 * changed, or no longer decode, has broken somebody's history. `npm run generate` makes those of a new version.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { events } from '@plenum/catalogue';
import { upcast } from '@plenum/event';
import { avroCodec } from './avro-codec.ts';
import { goldenCommon as common, type Golden, goldenFile, newGolden, revived } from './testing/golden.ts';

const codec = avroCodec(events);

/** Without the classes that avsc gives its records, and without unset fields. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

assert.ok(events.length > 0, 'a check that saw no events proves nothing');

for (const definition of events) {
  describe(definition.type, () => {
    for (const version of definition.schemas.keys().map((index) => index + 1)) {
      const file = new URL(`../../../${goldenFile(definition.type, version)}`, import.meta.url);
      const golden = (): Golden => JSON.parse(readFileSync(file, 'utf8'));

      it(`reads the bytes of v${version} in today's shape`, () => {
        const { source, data } = golden();
        assert.deepEqual(
          plain(decodedOf(golden())),
          plain({ ...common, type: definition.type, source, data: upcast(definition, version, revived(data)) }),
        );
      });

      if (version === definition.schemas.length) {
        it(`still writes them`, () => {
          const { key, source, data, hex } = golden();
          const record = codec.encode({ ...common, type: definition.type, source, data: revived(data) });
          assert.equal(record.key, key);
          assert.equal(Buffer.from(record.value).toString('hex'), hex);
        });
      }
    }
  });
}

it('new ones have every field, and are the same each time they are made', () => {
  for (const definition of events) {
    const golden = newGolden(definition);
    assert.deepEqual(newGolden(definition), golden);
    const unset = Object.entries(golden.data).filter(([, value]) => value === undefined);
    assert.deepEqual(unset, [], definition.type);
    const { data } = decodedOf(golden);
    assert.deepEqual(plain(data), plain(revived(golden.data)), definition.type);
  }
});

const decodedOf = ({ key, source, hex }: Golden) => {
  const headers = { ce_id: common.id, ce_source: source, ce_time: '2026-03-04T09:15:02.118204Z' };
  const record = { key, headers, offset: 0n, timestampMs: 1_772_615_703_000, value: Buffer.from(hex, 'hex') };
  const seen = codec.decode(record);
  assert.ok(seen.outcome === 'event', JSON.stringify(seen));
  return seen.event;
};
