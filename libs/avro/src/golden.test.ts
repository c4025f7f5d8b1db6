/**
 * The bytes of every version of every event, as first written. They lie in logs for ever: a version whose bytes
 * changed, or no longer decode, has broken somebody's history. A new version needs a file of its own beside its schema;
 * leave its `hex` empty, run this test, and it says what to put there.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { events } from '@plenum/catalogue';
import { erasedPersonal, upcast } from '@plenum/event';
import { avroCodec } from './avro-codec.ts';

type Golden = {
  readonly key: string;
  readonly source: string;
  readonly data: Record<string, unknown>;
  readonly hex: string;
};

const codec = avroCodec(events);
const common = {
  id: '0190a7f0-1111-7abc-8def-000000000001',
  effectiveTimeUs: 1_772_615_702_118_204,
  recordedTimeUs: 1_772_615_703_000_000,
};

/** JSON has no bytes: `hex:7bff7d` stands for three of them, `personal:01ff` for what names a person, encrypted, `personal:` erased. */
const revived = (data: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(data).map(([name, value]) => [name, revivedValue(value)]));

const revivedValue = (value: unknown): unknown => {
  if (typeof value !== 'string') return value;
  if (value === 'personal:') return erasedPersonal;
  if (value.startsWith('personal:')) return { state: 'encrypted', bytes: Buffer.from(value.slice(9), 'hex') };
  return value.startsWith('hex:') ? Buffer.from(value.slice(4), 'hex') : value;
};

/** `schemas/ceiling/reading-reported.v1.golden.json` of version 1 of `plenum.ceiling.ReadingReported`. */
const goldenFile = (type: string, version: number): URL => {
  const [, domain = '', name = ''] = type.split('.');
  const kebab = name.replace(/(?<=[a-z0-9])[A-Z]/g, '-$&').toLowerCase();
  return new URL(`../../../schemas/${domain}/${kebab}.v${version}.golden.json`, import.meta.url);
};

/** Without the classes that avsc gives its records, and without unset fields. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

assert.ok(events.length > 0, 'a check that saw no events proves nothing');

for (const definition of events) {
  describe(definition.type, () => {
    for (const version of definition.schemas.keys().map((index) => index + 1)) {
      const file = goldenFile(definition.type, version);
      const golden = (): Golden => JSON.parse(readFileSync(file, 'utf8'));

      it(`reads the bytes of v${version} in today's shape`, () => {
        const { key, source, data, hex } = golden();
        const headers = { ce_id: common.id, ce_source: source, ce_time: '2026-03-04T09:15:02.118204Z' };
        const record = { key, headers, offset: 0n, timestampMs: 1_772_615_703_000, value: Buffer.from(hex, 'hex') };
        const seen = codec.decode(record);
        assert.equal(seen.outcome, 'event', JSON.stringify(seen));
        if (seen.outcome === 'event') {
          assert.deepEqual(
            plain(seen.event),
            plain({ ...common, type: definition.type, source, data: upcast(definition, version, revived(data)) }),
          );
        }
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
