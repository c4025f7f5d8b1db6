import { utc, type ZoneOffset } from '@plenum/event';

/**
 * The offsets of a zone of the IANA database. A wall-clock time that exists twice, or not at all, when clocks change is
 * read as the earlier offset has it, as RFC 5545 says. Remembered per quarter of an hour: every offset change in the
 * database since 1900 that devices could live through falls on one.
 */
export const zoneOffset = (timeZone: string): ZoneOffset => {
  if (timeZone === 'UTC') return utc;
  const known = new Map<number, number>();
  return (wallClockUs) => {
    const quarter = Math.floor(wallClockUs / quarterUs);
    const remembered = known.get(quarter);
    if (remembered !== undefined) return remembered;
    if (known.size >= rememberedMax) known.clear(); // Clocks that read anything must not fill memory.
    const offset = offsetMinutes(timeZone, (quarter * quarterUs) / 1000);
    known.set(quarter, offset);
    return offset;
  };
};

const quarterUs = 15 * 60 * 1_000_000;
const rememberedMax = 10_000;

const offsetMinutes = (timeZone: string, wallClockMs: number): number => {
  const local = Temporal.Instant.fromEpochMilliseconds(wallClockMs).toZonedDateTimeISO('UTC').toPlainDateTime();
  // Not the offset that holds at that moment: of a time that does not exist, the one it was read with.
  return (wallClockMs - local.toZonedDateTime(timeZone, { disambiguation: 'compatible' }).epochMilliseconds) / 60_000;
};
