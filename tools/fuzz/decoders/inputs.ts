/** Inputs for what takes bytes apart, and what has to hold of each. A property that throws has found something. */
import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { avroCodec } from '@plenum/avro';
import { events } from '@plenum/catalogue';
import { observe } from '@plenum/ceiling';
import { type Event, utc } from '@plenum/event';
import type { LogRecord, NewRecord } from '@plenum/runtime';
import { type Numbers, seededNumbers, traffic } from '@plenum/simulation';
import { readBatch } from '../../../libs/postgres/src/log/batch-reader.ts';
import { batchWriter } from '../../../libs/postgres/src/log/batch-writer.ts';
import { below, mutated, oneOf } from '../mutate.ts';
import { geometryBytes, geometryHolds } from './geometry.ts';

const codec = avroCodec(events);
const sha1 = (bytes: Uint8Array): string => hash('sha1', bytes);
const tools = { zone: utc, sha1, newId: () => '01890a5d-ac96-774b-bcce-b302099a8057' };
const receivedTimeUs = 1_772_617_000_000_000;

const sources = traffic({
  seed: 11,
  nodes: 20,
  messages: Number.POSITIVE_INFINITY,
  shares: { malformed: 0.1, again: 0.1, late: 0.1, reordered: 0.1 },
});

const nextMessage = () => {
  const message = sources.next(receivedTimeUs);
  if (message === undefined) throw new Error('the traffic has no end');
  return message;
};

/** Whatever comes in over MQTT has an outcome; and if it is an event, it survives the way to the log and back. */
export const observeHolds = (topic: string, payload: Uint8Array): void => {
  const observed = observe({ topic, payload, receivedTimeUs }, tools);
  if (observed.outcome === 'quarantine') {
    assert.ok(observed.detail.length < 2_000, 'a reason that long says nothing');
    return;
  }
  const { event } = observed;
  const record = codec.encode(event);
  assert.deepEqual(eventIn(throughBatch(record)), plain(event));
};

/** Absent and `undefined` mean the same. */
const plain = (event: Event): unknown => JSON.parse(JSON.stringify(event));

const eventIn = (record: LogRecord): unknown => {
  const decoded = codec.decode(record);
  assert.equal(decoded.outcome, 'event');
  return decoded.outcome === 'event' ? plain(decoded.event) : undefined;
};

const writer = batchWriter();

const bodyOf = (records: readonly NewRecord[]): Buffer => {
  writer.reset();
  writer.begin(records[0]?.timestampMs ?? 0);
  for (const record of records) writer.add(record);
  writer.end();
  return Buffer.from(writer.bytes());
};

const throughBatch = (record: NewRecord): LogRecord => {
  const [read] = readBatch(bodyOf([record]), 5n);
  assert.ok(read !== undefined);
  return read;
};

/** `decode` is total: whatever the bytes and headers are, it says what they are. */
export const decodeHolds = (value: Uint8Array, headers: Readonly<Record<string, string>>): void => {
  const decoded = codec.decode({ offset: 1n, timestampMs: 1, key: 'key', value, headers });
  assert.ok(['event', 'undecodable', 'unknown-schema'].includes(decoded.outcome));
};

/** A batch is what was written, or it is refused: a damaged one must never look like another. */
export const readBatchHolds = (written: Buffer, body: Buffer): void => {
  if (body.equals(written)) return;
  assert.throws(() => readBatch(body, 0n), /cannot be read|is damaged/);
};

export type DecoderInput =
  | { readonly decoder: 'observe'; readonly topic: string; readonly payload: string }
  | { readonly decoder: 'decode'; readonly value: string; readonly headers: Readonly<Record<string, string>> }
  | { readonly decoder: 'batch'; readonly written: string; readonly body: string }
  | { readonly decoder: 'geometry'; readonly bytes: string };

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** Tries one input, as it is kept in a file. @throws what it has found. */
export const tryInput = (input: DecoderInput): void => {
  switch (input.decoder) {
    case 'observe':
      observeHolds(input.topic, Buffer.from(input.payload, 'base64'));
      break;
    case 'decode':
      decodeHolds(Buffer.from(input.value, 'base64'), input.headers);
      break;
    case 'batch':
      readBatchHolds(Buffer.from(input.written, 'base64'), Buffer.from(input.body, 'base64'));
      break;
    case 'geometry':
      geometryHolds(Buffer.from(input.bytes, 'base64'));
      break;
  }
};

const topics = ['ceiling/sensors/x/data', 'ceiling/nodes/x/status', 'ceiling/commands/x', '', 'ceiling/sensors//data'];

/** A mutated input of one of the four, without going through a file. @returns it, for when it has found something. */
const generators: readonly ((numbers: Numbers) => { readonly run: () => void; readonly input: () => DecoderInput })[] =
  [
    (numbers) => {
      const message = nextMessage();
      const topic = numbers() < 0.9 ? message.topic : oneOf(numbers, topics);
      const payload = mutated(numbers, message.payload);
      return {
        run: () => observeHolds(topic, payload),
        input: () => ({ decoder: 'observe', topic, payload: base64(payload) }),
      };
    },
    (numbers) => {
      const record = anyRecord();
      const value = mutated(numbers, record.value);
      const headers = numbers() < 0.8 ? record.headers : spoiltHeaders(numbers, record.headers);
      return {
        run: () => decodeHolds(value, headers),
        input: () => ({ decoder: 'decode', value: base64(value), headers }),
      };
    },
    (numbers) => {
      const written = bodyOf(Array.from({ length: 1 + below(numbers, 3) }, anyRecord));
      const body = mutated(numbers, written);
      return {
        run: () => readBatchHolds(written, body),
        input: () => ({ decoder: 'batch', written: base64(written), body: base64(body) }),
      };
    },
    (numbers) => {
      const bytes = mutated(numbers, oneOf(numbers, geometryBytes));
      return { run: () => geometryHolds(bytes), input: () => ({ decoder: 'geometry', bytes: base64(bytes) }) };
    },
  ];

const anyRecord = (): NewRecord => {
  for (;;) {
    const { topic, payload } = nextMessage();
    const observed = observe({ topic, payload, receivedTimeUs }, tools);
    if (observed.outcome === 'event') return codec.encode(observed.event);
  }
};

const spoiltHeaders = (numbers: Numbers, headers: Readonly<Record<string, string>>): Record<string, string> => {
  const name = oneOf(numbers, Object.keys(headers));
  const { [name]: value = '', ...rest } = headers;
  return numbers() < 0.3 ? rest : { ...rest, [name]: mutated(numbers, Buffer.from(value)).toString('utf8') };
};

export const generated = (seed: number, n: number) => {
  const numbers = seededNumbers(seed * 1_000_003 + n);
  return oneOf(numbers, generators)(numbers);
};
