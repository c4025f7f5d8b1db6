/**
 * Times as devices write them and as Plenum keeps them: microseconds since 1970-01-01T00:00Z (`Us`).
 * Devices send `2026-03-04T09:15:02.118204` without a zone, with `Z`, or with an offset such as `+01:00`.
 */

/** How far a device's clock may run ahead before its time no longer counts as effective. */
export const clockLeadMaxUs = 5 * 60 * 1_000_000;

/** Offset from UTC in minutes that a zone has at a local wall-clock time (given as if it were UTC). */
export type ZoneOffset = (wallClockUs: number) => number;

export const utc: ZoneOffset = () => 0;

const pattern = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?(?:(Z|z)|([+-])(\d\d):?(\d\d))?$/;

/**
 * The instants that are taken from outside, both inclusive: the years 1900 to 2200 in UTC. A `timestamptz` and an exact
 * double both hold them, and clocks that read 1970 or 2106 are inside. The instant is judged and not the year that is
 * written: an offset moves `1900-01-01T00:00:00+01:00` into 1899.
 */
export const timeUsMin = Date.UTC(1900, 0) * 1000;
export const timeUsMax = Date.UTC(2201, 0) * 1000 - 1;

/** Microseconds of these years are exact in a double. */
const yearExactMin = 1685;
const yearExactMax = 2254;

/** Most times are of the same minute as the one before: what it begins with is read and written once. */
let readMinute = { text: 'none', wallUs: 0 };
let writtenMinute = { text: '', startUs: Number.NaN };

/**
 * Reads an ISO 8601 date and time; one without a zone is local to `zone`. Digits past microseconds are cut.
 * @returns `undefined` for anything else: no such day, no time, an instant outside the years 1900 to 2200.
 */
export const parseTimeUs = (text: string, zone: ZoneOffset = utc): number | undefined => {
  const timeUs = readTimeUs(text, zone);
  return timeUs !== undefined && timeUs >= timeUsMin && timeUs <= timeUsMax ? timeUs : undefined;
};

/**
 * The same without that limit, for the years 1685 to 2254: what was written once is read again, though today it would not
 * be taken. It undoes `formatTimeUs`.
 */
export const readTimeUs = (text: string, zone: ZoneOffset = utc): number | undefined => {
  // With six digits and no zone, or Z, as nearly all are.
  const zulu = text.length === 27 && text.endsWith('Z');
  if ((zulu || text.length === 26) && text.startsWith(readMinute.text) && text[16] === ':' && text[19] === '.') {
    const seconds = digits(text, 17, 2);
    const wallUs = readMinute.wallUs + seconds * 1_000_000 + digits(text, 20, 6);
    if (seconds <= 59 && !Number.isNaN(wallUs)) return zulu ? wallUs : wallUs - zone(wallUs) * 60_000_000;
  }
  return parseAnyTimeUs(text, zone);
};

/** A number of so many decimal digits; NaN when one of them is none. */
const digits = (text: string, from: number, count: number): number => {
  let value = 0;
  for (let at = from; at < from + count; at += 1) {
    const digit = text.charCodeAt(at) - zero;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
};

const zero = 0x30;

const parseAnyTimeUs = (text: string, zone: ZoneOffset): number | undefined => {
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const [, year = '', month = '', day = '', hour = '', minute = '', second = '0', fraction = ''] = match;
  const [, , , , , , , , zulu, sign, offsetHour = '', offsetMinute = ''] = match;
  if (+year < yearExactMin || +year > yearExactMax || +hour > 23 || +minute > 59 || +second > 59) return undefined;

  const wallMs = Date.UTC(+year, +month - 1, +day, +hour, +minute, +second);
  const date = new Date(wallMs);
  if (date.getUTCMonth() !== +month - 1 || date.getUTCDate() !== +day) return undefined;

  readMinute = { text: text.slice(0, 16), wallUs: (wallMs - +second * 1000) * 1000 };
  const wallUs = wallMs * 1000 + +fraction.slice(0, 6).padEnd(6, '0');
  if (zulu !== undefined) return wallUs;
  if (sign === undefined) return wallUs - zone(wallUs) * 60_000_000;
  if (+offsetHour > 23 || +offsetMinute > 59) return undefined;
  const offset = +offsetHour * 60 + +offsetMinute;
  return wallUs - (sign === '-' ? -offset : offset) * 60_000_000;
};

/** `2026-03-04T09:15:02.118204Z`: always six digits, so that text order is time order. */
export const formatTimeUs = (timeUs: number): string => {
  let inMinuteUs = timeUs - writtenMinute.startUs;
  if (!(inMinuteUs >= 0 && inMinuteUs < 60_000_000)) {
    const startUs = minuteOfUs(timeUs);
    writtenMinute = { text: new Date(startUs / 1000).toISOString().slice(0, -'00.000Z'.length), startUs };
    inMinuteUs = timeUs - startUs;
  }
  const inSecondUs = inMinuteUs % 1_000_000;
  const micros = inSecondUs % 1000;
  const seconds = secondsAndPoint[(inMinuteUs - inSecondUs) / 1_000_000] ?? '';
  // What is short is one flat text at once; code that writes the whole as bytes has fewer pieces to put together.
  return writtenMinute.text + (seconds + threeDigits[(inSecondUs - micros) / 1000] + threeDigitsAndZulu[micros]);
};

const threeDigits: readonly string[] = Array.from({ length: 1000 }, (_, value) => String(value).padStart(3, '0'));
const threeDigitsAndZulu: readonly string[] = threeDigits.map((text) => `${text}Z`);
const secondsAndPoint: readonly string[] = threeDigits.slice(0, 60).map((text) => `${text.slice(1)}.`);

/**
 * When an event counts as having happened: the device's time, unless it has none or its clock runs more than five
 * minutes ahead of ours; then the time of recording. Fixed once, at the bridge.
 */
export const effectiveTimeUs = (deviceTimeUs: number | undefined, recordedTimeUs: number): number =>
  deviceTimeUs === undefined || deviceTimeUs > recordedTimeUs + clockLeadMaxUs ? recordedTimeUs : deviceTimeUs;

/** The start of the minute a time falls in. */
export const minuteOfUs = (timeUs: number): number => Math.floor(timeUs / 60_000_000) * 60_000_000;
