/**
 * Times as devices write them and as Plenum keeps them: microseconds since 1970-01-01T00:00Z (`Us`).
 * Devices send `2026-03-04T09:15:02.118204` without a zone, with `Z`, or with an offset such as `+01:00`.
 */

/** How far a device's clock may run ahead before its time no longer counts as effective. */
export const clockLeadMaxUs = 5 * 60 * 1_000_000;

/** Offset from UTC in minutes that a zone has at a local wall-clock time (given as if it were UTC). */
export type ZoneOffset = (wallClockUs: number) => number;

export const utc: ZoneOffset = () => 0;

const pattern = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(?:(Z|z)|([+-])(\d\d):?(\d\d))?$/;

/** Years that a `timestamptz` and an exact double both hold. Clocks that read 1970 or 2106 are inside. */
const yearMin = 1900;
const yearMax = 2200;

/**
 * Reads an ISO 8601 date and time; one without a zone is local to `zone`. Digits past microseconds are cut.
 * @returns `undefined` for anything else: no such day, no time, a year outside 1900..2200.
 */
export const parseTimeUs = (text: string, zone: ZoneOffset = utc): number | undefined => {
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const [, year = '', month = '', day = '', hour = '', minute = '', second = '0', fraction = ''] = match;
  const [, , , , , , , , zulu, sign, offsetHour = '', offsetMinute = ''] = match;
  if (+year < yearMin || +year > yearMax || +hour > 23 || +minute > 59 || +second > 59) return undefined;

  const wallMs = Date.UTC(+year, +month - 1, +day, +hour, +minute, +second);
  const date = new Date(wallMs);
  if (date.getUTCMonth() !== +month - 1 || date.getUTCDate() !== +day) return undefined;

  const wallUs = wallMs * 1000 + +fraction.slice(0, 6).padEnd(6, '0');
  if (zulu !== undefined) return wallUs;
  if (sign === undefined) return wallUs - zone(wallUs) * 60_000_000;
  if (+offsetHour > 23 || +offsetMinute > 59) return undefined;
  const offset = +offsetHour * 60 + +offsetMinute;
  return wallUs - (sign === '-' ? -offset : offset) * 60_000_000;
};

/** `2026-03-04T09:15:02.118204Z`: always six digits, so that text order is time order. */
export const formatTimeUs = (timeUs: number): string => {
  const micros = ((timeUs % 1000) + 1000) % 1000;
  const iso = new Date((timeUs - micros) / 1000).toISOString();
  return `${iso.slice(0, -1)}${String(micros).padStart(3, '0')}Z`;
};

/**
 * When a fact counts as having happened: the device's time, unless it has none or its clock runs more than five
 * minutes ahead of ours; then the time of recording. Fixed once, at the bridge.
 */
export const effectiveTimeUs = (deviceTimeUs: number | undefined, recordedTimeUs: number): number =>
  deviceTimeUs === undefined || deviceTimeUs > recordedTimeUs + clockLeadMaxUs ? recordedTimeUs : deviceTimeUs;

/** The start of the minute a time falls in. */
export const minuteOfUs = (timeUs: number): number => Math.floor(timeUs / 60_000_000) * 60_000_000;
