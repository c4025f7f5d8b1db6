/** For any packets, cut anywhere: what is right passes byte for byte, and what is wrong in one field never does. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import {
  answer,
  connect,
  disconnect,
  packet,
  pingreq,
  puback,
  pubcomp,
  publish,
  pubrec,
  pubrel,
  subscribeAs,
  unsubscribe,
} from '../testing/conformance/bytes.ts';
import { packetScanner } from './packet-scanner.ts';
import type { TakenOut } from './taken-out.ts';

const packetBytesMax = 2000;

const text = fc.string({ unit: 'binary', maxLength: 20 }).map((any) => any.replaceAll('\0', ''));
const name = text.map((any) => `t${any.replaceAll(/[+#]/g, '')}`);
const filter = fc.oneof(
  fc.constantFrom('#', '+', 'a/#', '+/b', '/+/', '$SYS/#'),
  name.map((any) => `${any}/+`),
);
const id = fc.integer({ min: 1, max: 0xffff });
const qos = fc.constantFrom(0, 1, 2);
const payload = fc.uint8Array({ maxLength: 300 }).map((bytes) => [...bytes]);

const goodConnect = fc
  .record({
    clean: fc.boolean(),
    keepalive: fc.nat(0xffff),
    will: fc.option(fc.record({ topic: name, message: payload, qos, retain: fc.boolean() }), { nil: undefined }),
    credentials: fc.option(fc.record({ userName: text, password: payload }), { nil: undefined }),
  })
  .map(({ will, credentials, ...asked }) => ({ ...asked, ...credentials, ...(will === undefined ? {} : { will }) }));
const anyConnect = fc.tuple(text, goodConnect).map(([clientId, asked]) => connect(clientId, asked));

const anyPublish = fc
  .record({ topic: name, payload, qos, id, dup: fc.boolean(), retain: fc.boolean() })
  .map(({ topic, payload: message, ...asked }) =>
    publish(topic, message, { ...asked, dup: asked.dup && asked.qos > 0 }),
  );
const anyAnswer = fc.tuple(fc.constantFrom(puback, pubrec, pubrel, pubcomp), id).map((parts) => answer(...parts));
const anySubscribe = fc
  .tuple(id, fc.array(fc.tuple(filter, qos), { minLength: 1, maxLength: 4 }))
  .map(([messageId, filters]) => subscribeAs(messageId, ...filters));
const anyUnsubscribe = fc.array(filter, { minLength: 1, maxLength: 4 }).map((filters) => unsubscribe(...filters));
const anyPacket = fc.oneof(
  { weight: 4, arbitrary: anyPublish },
  anyAnswer,
  anySubscribe,
  anyUnsubscribe,
  fc.constantFrom(pingreq, disconnect),
);

/** Bytes that are no text, in the middle of some. */
const badText = fc
  .tuple(
    text,
    fc.constantFrom([0], [0x80], [0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82]),
    fc.constantFrom('', 'a', 'a/b'),
  )
  .map(([before, bad, behind]) => [...Buffer.from(before), ...bad, ...Buffer.from(behind)]);

const badConnect = fc.oneof(
  badText.map((bad) => connect(bad)),
  fc.tuple(goodConnect, badText).map(([asked, bad]) => connect('a', { ...asked, will: { topic: bad } })),
  fc.tuple(goodConnect, badText).map(([asked, bad]) => connect('a', { ...asked, userName: bad })),
  fc.constantFrom('', 'a/#', '+').map((topic) => connect('a', { will: { topic } })),
  payload.map((password) => connect('a', { password })),
  fc.constantFrom(0x01, 0x03, 0x08, 0x20, 0x1c, 0x40).map((flags) => connect('a', { flags, rest: [0, 1, 0x74, 0, 0] })),
  shortened(anyConnect),
  fc
    .tuple(anyConnect, fc.uint8Array({ minLength: 1, maxLength: 5 }))
    .map(([whole, more]) => packet(0x10, bodyOf(whole), more)),
);

const badPacket = fc.oneof(
  fc.tuple(badText, qos, payload).map(([bad, of, message]) => publish(bad, message, { qos: of })),
  fc.constantFrom('', 'a/#', '+', '$SYS/x').map((topic) => publish(topic, 'm')),
  fc.constantFrom(
    publish('t', 'm', { id: 0 }),
    publish('t', 'm', { qos: 3 }),
    publish('t', 'm', { qos: 0, dup: true }),
  ),
  fc.constantFrom(puback, pubrec, pubrel, pubcomp).map((type) => answer(type, 0)),
  fc
    .tuple(anyAnswer, fc.integer({ min: 1, max: 15 }))
    .map(([whole, other]) => packet((whole[0] ?? 0) ^ other, bodyOf(whole))),
  fc
    .tuple(fc.oneof(anyAnswer, fc.constantFrom(pingreq, disconnect)), fc.uint8Array({ minLength: 1, maxLength: 9 }))
    .map(([whole, more]) => packet(whole[0] ?? 0, bodyOf(whole), more)),
  badText.map((bad) => subscribeAs(1, ['good', 1], [bad, 1])),
  badText.map((bad) => unsubscribe('good', bad)),
  fc.constantFrom('', 'a#', '#/a', 'a/b+').map((bad) => subscribeAs(1, ['good', 1], [bad, 1])),
  fc.tuple(filter, fc.integer({ min: 3, max: 255 })).map(([one, granted]) => subscribeAs(1, [one, granted])),
  fc.constantFrom(subscribeAs(0, ['t', 1]), subscribeAs(1), unsubscribe()),
  shortened(fc.tuple(id, filter, qos).map(([messageId, one, granted]) => subscribeAs(messageId, [one, granted]))),
  shortened(filter.map((one) => unsubscribe(one))),
  fc.constantFrom(0x00, 0x20, 0x90, 0xb0, 0xd0, 0xf0).map((first) => packet(first, 0, 1)),
);

const cuts = fc.array(fc.nat(), { maxLength: 20 });

it('passes right packets on as they are, however they are cut', () => {
  fc.assert(
    fc.property(anyConnect, fc.array(anyPacket, { maxLength: 8 }), cuts, (hello, packets, where) => {
      const stream = Buffer.concat([hello, ...packets]);
      const { passed, takenOut, publishes, problem } = scanned(stream, where);
      assert.equal(problem, undefined);
      assert.deepEqual(passed, stream);
      assert.deepEqual(takenOut, []);
      assert.equal(publishes, packets.filter(([first = 0]) => first >> 4 === 3).length);
    }),
    { numRuns: 3000 },
  );
});

it('closes at a packet that is wrong in one field, however it is cut, and passes what came before it', () => {
  fc.assert(
    fc.property(anyConnect, fc.array(anyPacket, { maxLength: 3 }), badPacket, cuts, (hello, packets, bad, where) => {
      const good = Buffer.concat([hello, ...packets]);
      const { passed, takenOut, problem } = scanned(Buffer.concat([good, bad, publish('never', 'm')]), where);
      assert.equal(problem, 'ProtocolViolation');
      assert.deepEqual(passed.subarray(0, good.length), good);
      // Only the payload of a PUBLISH that is taken out for its topic goes further.
      if (takenOut.length === 0) assert.equal(passed.length, good.length);
      else assert.equal(passed.length, good.length + (takenOut[0]?.payloadBytes ?? 0));
    }),
    { numRuns: 6000 },
  );
});

it('closes at a CONNECT that is wrong in one field, however it is cut, and passes nothing', () => {
  fc.assert(
    fc.property(badConnect, cuts, (bad, where) => {
      const { passed, problem } = scanned(bad, where);
      assert.equal(problem, 'ProtocolViolation');
      assert.equal(passed.length, 0);
    }),
    { numRuns: 3000 },
  );
});

it('reports what it takes out for its topic, and of how much payload', () => {
  fc.assert(
    fc.property(badText, payload, qos, id, cuts, (bad, message, of, messageId, where) => {
      const stream = Buffer.concat([connect('a'), publish(bad, message, { qos: of, id: messageId })]);
      const [taken, ...more] = scanned(stream, where).takenOut;
      assert.deepEqual(more, []);
      assert.equal(taken?.payloadBytes, message.length);
      assert.deepEqual([taken?.qos, taken?.packetId], [of, of === 0 ? undefined : messageId]);
      assert.ok(taken?.badTopic?.shown.includes('\\x'));
    }),
  );
});

/** The same packet without some of its last bytes, and with a length that says so. */
function shortened(whole: fc.Arbitrary<Buffer>): fc.Arbitrary<Buffer> {
  return fc.tuple(whole, fc.nat()).map(([bytes, some]) => {
    const body = bodyOf(bytes);
    return packet(bytes[0] ?? 0, body.subarray(0, some % body.length));
  });
}

function bodyOf(bytes: Uint8Array): Uint8Array {
  let at = 1;
  while ((bytes[at] ?? 0) >= 0x80) at += 1;
  return bytes.subarray(at + 1);
}

function scanned(stream: Uint8Array, where: readonly number[]) {
  const scanner = packetScanner(packetBytesMax);
  const passed: Uint8Array[] = [];
  const takenOut: TakenOut[] = [];
  const sink = {
    pass: (bytes: Uint8Array) => void passed.push(Buffer.from(bytes)),
    takenOut: (publish: TakenOut) => void takenOut.push(publish),
  };
  const edges = [...where.map((cut) => cut % (stream.length + 1)).toSorted((a, b) => a - b), stream.length];
  let problem: string | undefined;
  let from = 0;
  try {
    for (const edge of edges) {
      while (from < edge) from += scanner.scan(stream.subarray(from, edge), sink);
    }
  } catch (error) {
    problem = error instanceof Error ? error.name : 'unknown';
  }
  return { passed: Buffer.concat(passed), takenOut, publishes: scanner.publishes(), problem };
}
