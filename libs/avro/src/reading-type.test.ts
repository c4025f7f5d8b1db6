import assert from 'node:assert/strict';
import { it } from 'node:test';
import avro from 'avsc';
import fc from 'fast-check';
import { compiledForReading } from './reading-type.ts';

const schema = {
  type: 'record',
  namespace: 'test',
  name: 'Said',
  fields: [
    { name: 'who', type: 'string' },
    { name: 'what', type: ['null', 'string'], default: null },
    { name: 'at', type: { type: 'record', name: 'At', fields: [{ name: 'zone', type: ['null', 'string'] }] } },
    { name: 'loud', type: 'double' },
  ],
} as const;
const plain = avro.Type.forSchema(schema as unknown as avro.Schema, { wrapUnions: 'never' });
const reading = compiledForReading(schema);

/** What a type makes of bytes: the fields and where they end, or nothing. */
const seen = (type: avro.Type, bytes: Buffer): unknown => {
  try {
    const { value, offset } = type.decode(bytes, 0);
    if (offset < 0) return 'not whole';
    const { who, what, at, loud } = value;
    return { who, what, zone: at.zone, loud, offset };
  } catch {
    return 'no such thing';
  }
};

const someText = fc.oneof(fc.constantFrom('', 'sensor', '°C'), fc.string({ unit: 'grapheme', maxLength: 80 }));
const said = fc.record({
  who: someText,
  what: fc.option(someText, { nil: null }),
  at: fc.record({ zone: fc.option(someText, { nil: null }) }),
  loud: fc.double({ noNaN: true }),
});

it('reads what avsc reads', () => {
  fc.assert(
    fc.property(said, (data) => {
      const bytes = plain.toBuffer(data);
      assert.deepEqual(seen(reading, bytes), seen(plain, bytes));
    }),
  );
});

it('finds the same wrong with bytes that were cut or changed', () => {
  fc.assert(
    fc.property(said, fc.nat(), fc.nat(255), fc.nat(), (data, place, byte, cut) => {
      const bytes = Buffer.from(plain.toBuffer(data));
      bytes[place % bytes.length] = byte;
      const left = bytes.subarray(0, bytes.length - (cut % bytes.length));
      assert.deepEqual(seen(reading, left), seen(plain, left));
    }),
    { numRuns: 1000 },
  );
});
