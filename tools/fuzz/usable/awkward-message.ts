/** Messages that the listener may well take, with texts, times and JSON that something behind it might not. */
import type { Numbers } from '@plenum/simulation';
import { below, oneOf } from '../mutate.ts';
import { type Message, message, plainReading } from './message.ts';

export const awkwardMessage = (numbers: Numbers): Message => {
  const id = `odd-${below(numbers, 500)}`;
  const timestamp = awkwardTime(numbers);
  switch (below(numbers, 5)) {
    case 0:
      return message(`ceiling/nodes/${id}/status`, {
        status: oneOf(numbers, ['online', 'offline', 'error', 'maintenance']),
        ...sometimes(numbers, 'battery_level', awkwardNumber),
        ...sometimes(numbers, 'timestamp', () => timestamp),
        ...sometimes(numbers, 'event_id', awkwardText),
      });
    case 1:
      return message(`ceiling/nodes/${id}/registration`, {
        location: awkwardLocation(numbers),
        sensors: Array.from({ length: below(numbers, 70) }, () => awkwardText(numbers)),
        ...sometimes(numbers, 'firmware_version', awkwardText),
        ...sometimes(numbers, 'capabilities', (random) => awkwardObject(random, 4)),
        ...sometimes(numbers, 'last_seen', () => timestamp),
      });
    case 2:
      return message(`ceiling/commands/${id}`, {
        ...sometimes(numbers, 'command', awkwardText),
        ...sometimes(numbers, 'parameters', (random) => awkwardObject(random, 4)),
      });
    default:
      return message(`ceiling/sensors/${id}/data`, {
        ...plainReading,
        value: awkwardNumber(numbers),
        unit: awkwardText(numbers),
        timestamp,
        location: awkwardLocation(numbers),
        ...sometimes(numbers, 'metadata', (random) => awkwardObject(random, 5)),
        ...sometimes(numbers, 'event_id', awkwardText),
      });
  }
};

const sometimes = (numbers: Numbers, field: string, make: (numbers: Numbers) => unknown): object =>
  below(numbers, 2) === 0 ? {} : { [field]: make(numbers) };

/** Characters at which programs take a wrong turn. */
const telling = ['\u0000', '\u0001', '\u001f', '\u007f', '\u0085', '\u2028', '\ufeff', '\ufffd', '\ufffe', '\uffff'];
telling.push(
  '\ud800',
  '\udfff',
  '\u{10ffff}',
  '\u{1f600}',
  '\\',
  '"',
  "'",
  '\\u0000',
  '\\ud800',
  '{',
  '}',
  'NULL',
  '\\N',
);

const awkwardText = (numbers: Numbers): string => {
  let text = '';
  const length = below(numbers, 8) === 0 ? below(numbers, 210) : below(numbers, 8);
  for (let index = 0; index < length; index += 1) text += character(numbers);
  return text;
};

const character = (numbers: Numbers): string => {
  if (below(numbers, 3) > 0) return String.fromCodePoint(0x20 + below(numbers, 0x5f));
  return below(numbers, 2) === 0 ? oneOf(numbers, telling) : String.fromCodePoint(below(numbers, 0x110000));
};

const awkwardNumber = (numbers: Numbers): number =>
  below(numbers, 3) === 0
    ? oneOf(numbers, [0, -0, 5e-324, 1e-300, 0.1 + 0.2, 1e21, 2 ** 53, 1e300, Number.MAX_VALUE, -Number.MAX_VALUE])
    : (numbers() - 0.5) * 10 ** (below(numbers, 40) - 20);

const awkwardLocation = (numbers: Numbers): object => ({
  x: awkwardNumber(numbers),
  y: awkwardNumber(numbers),
  z: awkwardNumber(numbers),
  ...sometimes(numbers, 'zone', awkwardText),
});

const awkwardObject = (numbers: Numbers, levels: number): object => {
  const object: Record<string, unknown> = {};
  for (let fields = below(numbers, 4); fields > 0; fields -= 1) {
    object[awkwardText(numbers)] = awkwardJson(numbers, levels - 1);
  }
  return object;
};

const awkwardJson = (numbers: Numbers, levels: number): unknown => {
  switch (levels === 0 ? below(numbers, 3) : below(numbers, 5)) {
    case 0:
      return awkwardText(numbers);
    case 1:
      return awkwardNumber(numbers);
    case 2:
      return oneOf(numbers, [null, true, false]);
    case 3:
      return Array.from({ length: below(numbers, 4) }, () => awkwardJson(numbers, levels - 1));
    default:
      return awkwardObject(numbers, levels);
  }
};

const years = ['1899', '1900', '1969', '1970', '2026', '2038', '2106', '2200', '2201', '9999'];
const days = ['01-01', '02-28', '02-29', '12-31'];
const clocks = ['00:00', '00:00:00', '23:59:59.999999', '09:15:02.1', '12:00:00.123456789012345', '23:59:60'];
const zones = ['', 'Z', '+00:00', '-00:00', '+14:00', '-12:00', '+23:59', '-23:59', '+0530', '+24:00'];

const awkwardTime = (numbers: Numbers): string =>
  `${oneOf(numbers, years)}-${oneOf(numbers, days)}T${oneOf(numbers, clocks)}${oneOf(numbers, zones)}`;
