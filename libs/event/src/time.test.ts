import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { effectiveTimeUs, formatTimeUs, minuteOfUs, parseTimeUs, readTimeUs, timeUsMax, timeUsMin } from './time.ts';

const us = (iso: string): number => Date.parse(iso) * 1000;

describe('parseTimeUs', () => {
  it('reads what devices send', () => {
    assert.equal(parseTimeUs('2026-03-04T09:15:02.118204'), us('2026-03-04T09:15:02Z') + 118_204);
    assert.equal(parseTimeUs('2026-03-04T09:15:02'), us('2026-03-04T09:15:02Z'));
    assert.equal(parseTimeUs('2026-03-04 09:15'), us('2026-03-04T09:15:00Z'));
    assert.equal(parseTimeUs('2026-03-04T09:15:02.5Z'), us('2026-03-04T09:15:02.5Z'));
    assert.equal(parseTimeUs('2026-03-04T09:15:02.123456789Z'), us('2026-03-04T09:15:02Z') + 123_456);
    assert.equal(parseTimeUs('2026-03-04T09:15:02.123456789012Z'), us('2026-03-04T09:15:02Z') + 123_456);
    assert.equal(parseTimeUs('2026-03-04T09:15:02+01:30'), us('2026-03-04T07:45:02Z'));
    assert.equal(parseTimeUs('2026-03-04T09:15:02-0130'), us('2026-03-04T10:45:02Z'));
  });

  it('takes a time without a zone as local to the zone given', () => {
    const berlinInWinter = () => 60;
    assert.equal(parseTimeUs('2026-01-04T09:00:00', berlinInWinter), us('2026-01-04T08:00:00Z'));
    assert.equal(parseTimeUs('2026-01-04T09:00:00Z', berlinInWinter), us('2026-01-04T09:00:00Z'));
  });

  it('holds clocks that are far off', () => {
    assert.equal(parseTimeUs('1970-01-01T00:00:00'), 0);
    assert.equal(parseTimeUs('2106-02-07T06:28:15Z'), us('2106-02-07T06:28:15Z'));
    assert.equal(parseTimeUs('1969-12-31T23:59:59.999999Z'), -1);
  });

  for (const text of [
    '',
    'now',
    '2026-02-30T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-01-01',
    '1772615702',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:60:00Z',
    '0026-01-01T00:00:00Z',
    '9999-01-01T00:00:00Z',
    '2026-01-01T00:00:00+25:00',
    ' 2026-01-01T00:00:00Z',
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () => assert.equal(parseTimeUs(text), undefined));
  }

  it('reads back every time it writes, to the microsecond', () => {
    const inRange = fc.integer({ min: timeUsMin, max: timeUsMax });
    fc.assert(fc.property(inRange, (timeUs) => parseTimeUs(formatTimeUs(timeUs)) === timeUs));
    for (const timeUs of [timeUsMin, timeUsMax]) assert.equal(parseTimeUs(formatTimeUs(timeUs)), timeUs);
  });

  it('judges the instant at both ends of the range, whatever year its offset or zone writes', () => {
    const hourEast = () => 60;
    const hourWest = () => -60;
    assert.equal(parseTimeUs('1900-01-01T00:00:00Z'), timeUsMin);
    assert.equal(parseTimeUs('1900-01-01T01:00:00+01:00'), timeUsMin);
    assert.equal(parseTimeUs('1899-12-31T23:00:00-01:00'), timeUsMin);
    assert.equal(parseTimeUs('1900-01-01T00:00:00+01:00'), undefined);
    assert.equal(parseTimeUs('1900-01-01T00:59:59.999999', hourEast), undefined);
    assert.equal(parseTimeUs('1900-01-01T01:00:00.000000', hourEast), timeUsMin);
    assert.equal(parseTimeUs('2200-12-31T23:59:59.999999Z'), timeUsMax);
    assert.equal(parseTimeUs('2201-01-01T00:59:59.999999+01:00'), timeUsMax);
    assert.equal(parseTimeUs('2200-12-31T23:59:59.999999-00:01'), undefined);
    assert.equal(parseTimeUs('2200-12-31T23:00:00.000000', hourWest), undefined);
  });

  it('reads again what is outside that range once it is written', () => {
    for (const iso of ['1899-12-31T23:00:00.000000Z', '1685-01-01T00:00:00.000000Z', '2254-12-31T23:59:59.999999Z']) {
      assert.equal(parseTimeUs(iso), undefined);
      assert.equal(formatTimeUs(readTimeUs(iso) ?? Number.NaN), iso);
    }
    const anyYear = fc.integer({ min: us('1685-01-01T00:00:00Z'), max: us('2254-12-31T00:00:00Z') });
    fc.assert(fc.property(anyYear, (timeUs) => readTimeUs(formatTimeUs(timeUs)) === timeUs));
    for (const year of ['0026', '1684', '2255', '9999']) assert.equal(readTimeUs(`${year}-01-01T00:00:00Z`), undefined);
  });

  it('reads a time alike whatever it read before', () => {
    const before = ['2026-03-04T09:15:00.000000Z', '2026-03-04 09:15', '1999-12-31T23:59:59.999999'];
    const texts = ['2026-03-04T09:15:60.000000Z', '2026-03-04T09:15:0x.000000Z', '2026-03-04T09:15:59.99999Z'];
    texts.push('2026-03-04T09:15:59.999999Z', '2026-03-04T09:15:59.999999', '2026-03-04T09:15:5١.000000');
    const expected = [undefined, undefined, 59_999_990, 59_999_999, 59_999_999, undefined];
    const minute = us('2026-03-04T09:15:00Z');
    for (const [index, text] of texts.entries()) {
      for (const earlier of before) {
        parseTimeUs(earlier);
        const read = parseTimeUs(text);
        assert.equal(read === undefined ? undefined : read - minute, expected[index], `${text} after ${earlier}`);
      }
    }
    const abroad = parseTimeUs('2026-03-04T09:15:01.000000', () => 60);
    assert.equal(abroad, us('2026-03-04T08:15:01Z'));
  });

  it('writes as the engine does', () => {
    const inRange = fc.integer({ min: us('1900-01-01T00:00:00Z') / 1000, max: us('2199-12-31T00:00:00Z') / 1000 });
    const asEngine = (timeMs: number): string => new Date(timeMs).toISOString().replace('Z', '000Z');
    fc.assert(fc.property(inRange, (timeMs) => formatTimeUs(timeMs * 1000) === asEngine(timeMs)));
  });

  it('writes times whose text order is their order', () => {
    const inRange = fc.integer({ min: 0, max: us('2199-12-31T00:00:00Z') });
    fc.assert(fc.property(inRange, inRange, (a, b) => a < b === formatTimeUs(a) < formatTimeUs(b)));
  });
});

describe('effectiveTimeUs', () => {
  const now = us('2026-03-04T09:00:00Z');
  const minute = 60_000_000;

  it("is the device's time, however late", () => assert.equal(effectiveTimeUs(0, now), 0));
  it("is the device's time up to five minutes ahead", () =>
    assert.equal(effectiveTimeUs(now + 5 * minute, now), now + 5 * minute));
  it('is the recording beyond that', () => assert.equal(effectiveTimeUs(now + 5 * minute + 1, now), now));
  it('is the recording when the device says nothing', () => assert.equal(effectiveTimeUs(undefined, now), now));
});

it('finds the minute of times before 1970 too', () => {
  assert.equal(minuteOfUs(-1), -60_000_000);
  assert.equal(minuteOfUs(59_999_999), 0);
});
