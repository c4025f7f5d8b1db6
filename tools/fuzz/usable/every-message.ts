/**
 * Every character in every text that a device may send, every offset at both ends of the years that are taken, and JSON of every
 * shape: whatever of it is acknowledged has to be usable.
 */
import { type Message, message, plainReading, reading, readingWith } from './message.ts';

export function* everyMessage(): Generator<Message> {
  yield* everyText();
  yield* everyTime();
  yield* everyShape();
}

/** All code points, so many together. Half characters are none by themselves: only JSON can escape them. */
function* texts(length: number, wanted: (point: number) => boolean = () => true): Generator<string> {
  let text = '';
  let points = 0;
  for (let point = 0; point <= 0x10ffff; point += 1) {
    if ((point >= 0xd800 && point <= 0xdfff) || !wanted(point)) continue;
    text += String.fromCodePoint(point);
    points += 1;
    if (points < length) continue;
    yield text;
    text = '';
    points = 0;
  }
  if (text !== '') yield text;
}

const registration = { location: plainReading.location, sensors: ['humidity'] };

function* everyText(): Generator<Message> {
  let n = 0;
  for (const unit of texts(64)) yield reading(`unit-${(n += 1)}`, { unit });
  for (const name of texts(200)) {
    n += 1;
    yield reading(`zone-${n}`, { location: { ...plainReading.location, zone: name } });
    yield message(`ceiling/nodes/text-${n}/registration`, { ...registration, firmware_version: name });
    yield message(`ceiling/commands/text-${n}`, { command: name });
  }
  // In UTF-16, as an event id and an identifier are counted, a character may be two.
  for (const id of texts(100)) yield reading(`event-${(n += 1)}`, { event_id: id });
  for (const id of texts(100, inTopics)) yield reading(id);
  const names = [...texts(200)];
  for (let from = 0; from < names.length; from += 64) {
    const sensors = names.slice(from, from + 64);
    yield message(`ceiling/nodes/sensors-${from}/registration`, { ...registration, sensors });
  }
  for (const text of texts(4_096)) {
    n += 1;
    yield reading(`metadata-${n}`, { metadata: { [text]: text } });
    yield message(`ceiling/nodes/json-${n}/registration`, { ...registration, capabilities: { [text]: [text] } });
    yield message(`ceiling/commands/json-${n}`, { parameters: { [text]: text } });
  }
}

/** Levels and wildcards mean something else there, and brokers refuse control characters and what is no character. */
const inTopics = (point: number): boolean =>
  point > 0x9f
    ? (point & 0xfffe) !== 0xfffe && (point < 0xfdd0 || point > 0xfdef)
    : point >= 0x20 && point < 0x7f && !'+#/'.includes(String.fromCodePoint(point));

/** Minutes of the farthest offset, in either direction. */
const offsetMax = 23 * 60 + 59;

function* everyTime(): Generator<Message> {
  const ends = [
    '1900-01-01T00:00:00',
    '1899-12-31T23:59:59.999999',
    '2200-12-31T23:59:59.999999',
    '2201-01-01T00:00:00',
  ];
  for (const [index, end] of ends.entries()) {
    for (let offset = -offsetMax; offset <= offsetMax; offset += 7) {
      const size = Math.abs(offset);
      const [hours, minutes] = [Math.floor(size / 60), size % 60].map((part) => String(part).padStart(2, '0'));
      const timestamp = `${end}${offset < 0 ? '-' : '+'}${hours}:${minutes}`;
      yield reading(`time-${index}-${offset + offsetMax}`, { timestamp });
      yield message(`ceiling/nodes/time-${index}-${offset + offsetMax}/status`, { status: 'online', timestamp });
    }
    yield reading(`time-${index}`, { timestamp: end });
    yield reading(`time-${index}-z`, { timestamp: `${end}Z` });
    yield message(`ceiling/nodes/time-${index}/registration`, { ...registration, last_seen: end });
  }
  yield reading('time-digits', { timestamp: `2026-03-04T09:15:02.${'1'.repeat(43)}Z` });
}

const nested = (levels: number, open: string, close: string): string =>
  `{"a":${open.repeat(levels - 1)}1${close.repeat(levels - 1)}}`;

/** What JSON itself may be, with all that is odd about it. */
const shapes: readonly string[] = [
  '{}',
  '{"":""}',
  '{"__proto__":{"a":1},"constructor":{"prototype":2},"toString":3}',
  '{"a":1,"a":2,"a":{"a":3}}',
  '{"a":[null,true,false,[],{},""]}',
  '{"a":[0,-0,0.1,1e21,1e-7,5e-324,1.7976931348623157e308,-1.7976931348623157e308,9007199254740993,1e308]}',
  '{"a":123456789012345678901234567890,"b":0.1234567890123456789012345678901234567890}',
  '{"\\u0000":"\\u0000","a\\u0000":["\\u0000\\u0000"]}',
  '{"\\ud800":"\\udc00","\\udfff\\ud800":"\\ud83d\\ude00\\ud83d"}',
  '{"\\\\u0000":"\\\\\\u0000","\\\\\\\\u0000":"\\\\ud800"}',
  '{"a":"\\b\\f\\n\\r\\t\\"\\\\\\/\\u001f\\u007f\\u2028\\u2029\\ufeff\\ufffe\\uffff"}',
  `{"a":[${'0,'.repeat(9_999)}0]}`,
  `{${Array.from({ length: 2_000 }, (_, n) => `"k${n}":${n}`).join(',')}}`,
  nested(64, '[', ']'),
  nested(64, '{"b":', '}'),
  nested(65, '[', ']'),
  nested(20_000, '[', ']'),
  nested(20_000, '{"b":', '}'),
  `{"a":${'1'.repeat(400)}}`,
  '{"a":1e400}',
  '{"a":"\\u00"}',
  '[]',
  '"text"',
  'null',
];

function* everyShape(): Generator<Message> {
  for (const [index, shape] of shapes.entries()) yield readingWith(`shape-${index}`, shape);
  for (const [index, value] of [
    '0',
    '-0',
    '5e-324',
    '1.7976931348623157e308',
    '-1e308',
    '1e999',
    '01',
    'NaN',
  ].entries()) {
    const body = JSON.stringify(plainReading).replace('47.25', value);
    yield message(`ceiling/sensors/value-${index}/data`, body);
  }
  for (const body of ['', '{}', '[]', 'null', '\u0000', '{"status":"online"', '{"status":"online"}\u0000']) {
    yield message('ceiling/nodes/shape/status', body);
  }
}
