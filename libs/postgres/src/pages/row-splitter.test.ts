import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { RowSplitter } from './row-splitter.ts';

/** As the protocol has it: what it is, its length with these four bytes, and its content. */
const message = (code: string, content: Buffer): Buffer => {
  const head = Buffer.alloc(5);
  head.write(code);
  head.writeUInt32BE(4 + content.length, 1);
  return Buffer.concat([head, content]);
};

type Sent = { readonly code: string; readonly size: number };

const sentMessages = fc.array(
  fc.record({ code: fc.constantFrom('D', 'D', 'D', 'T', 'C', 'Z'), size: fc.nat({ max: 40 }) }),
  { maxLength: 30 },
);

/** Content that says which message it is. */
const bytesOf = ({ code, size }: Sent, index: number): Buffer => message(code, Buffer.alloc(size, index + 1));

/** `T` before rows makes them taken, and `C` after them ends that, as queries do it. */
const play = (chunks: readonly Buffer[], wants: (bytes: number) => boolean) => {
  const seen: Buffer[] = [];
  let passed = Buffer.alloc(0);
  const splitter = new RowSplitter((bytes) => {
    passed = Buffer.concat([passed, bytes]);
    for (let at = 0; at < bytes.length; ) {
      const end = at + 1 + bytes.readUInt32BE(at + 1);
      assert.ok(end <= bytes.length, 'the driver gets whole messages');
      seen.push(bytes.subarray(at, end));
      if (bytes[at] === 0x54) splitter.taker = taker;
      if (bytes[at] === 0x43) splitter.taker = undefined;
      at = end;
    }
  });
  const taken: Buffer[] = [];
  const taker = {
    keeps: wants,
    take: (bytes: Buffer, start: number, end: number) => {
      taken.push(bytes.subarray(start, end));
      seen.push(message('D', bytes.subarray(start, end)));
    },
  };
  for (const chunk of chunks) splitter.push(chunk);
  return { seen, taken };
};

const cut = (bytes: Buffer, sizes: readonly number[]): Buffer[] => {
  const chunks: Buffer[] = [];
  let at = 0;
  for (const size of sizes) {
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return [...chunks, bytes.subarray(at)].filter(({ length }) => length > 0);
};

test('however it arrives, everything comes once, whole and in order; rows only to those who take them', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 60 });
  fc.assert(
    fc.property(sentMessages, sizes, fc.nat({ max: 45 }), (sent, chunkSizes, sizeMax) => {
      const messages = sent.map(bytesOf);
      const { seen, taken } = play(cut(Buffer.concat(messages), chunkSizes), (bytes) => bytes <= sizeMax);
      let isTaking = false;
      const expected: Buffer[] = [];
      const rows: Buffer[] = [];
      for (const [index, { code, size }] of sent.entries()) {
        const bytes = messages[index] ?? assert.fail();
        if (code === 'T') isTaking = true;
        if (code === 'C') isTaking = false;
        if (code === 'D' && isTaking && size + 4 > sizeMax) continue;
        expected.push(bytes);
        if (code === 'D' && isTaking) rows.push(bytes.subarray(5));
      }
      assert.deepEqual(seen, expected);
      assert.deepEqual(taken, rows);
    }),
    { numRuns: 500 },
  );
});
