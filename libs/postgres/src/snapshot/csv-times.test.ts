import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { utcText } from '../sql-types.ts';
import { csvTimes } from './csv-times.ts';

const converted = (isTime: readonly boolean[], text: string, cuts: readonly number[] = []): string => {
  const times = csvTimes(isTime);
  const bytes = Buffer.from(text);
  const places = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length];
  const parts = places.slice(1).map((to, index) => times.convert(bytes.subarray(places[index], to)));
  assert.equal(times.rest().length, 0);
  return Buffer.concat(parts).toString();
};

it('writes times as they are shown, and leaves everything else', () => {
  const text = [
    'name,at,until',
    'a,2026-03-04 09:15:02.1182+00,',
    '"x ""2026-03-04 09:15:02+00"", y\nz",2026-03-04 09:15:02+00,infinity',
    '2026-03-04 09:15:02+00,12026-03-04 09:15:02+00,0044-03-15 12:00:00+00 BC',
    ',2026-03-04 09:15:02.118204+00,2026-03-04 09:15:02.1+00',
    '',
  ].join('\n');
  const expected = [
    'name,at,until',
    'a,2026-03-04T09:15:02.118200Z,',
    '"x ""2026-03-04 09:15:02+00"", y\nz",2026-03-04T09:15:02.000000Z,infinity',
    '2026-03-04 09:15:02+00,12026-03-04 09:15:02+00,0044-03-15 12:00:00+00 BC',
    ',2026-03-04T09:15:02.118204Z,2026-03-04T09:15:02.100000Z',
    '',
  ].join('\n');
  assert.equal(converted([false, true, true], text), expected);
});

it('says how many lines have ended', () => {
  const times = csvTimes([false]);
  times.convert(Buffer.from('a\n"b\nb"\nc'));
  assert.equal(times.lines(), 2);
});

const field = fc.oneof(
  fc.string().map((text) => ({ written: `"${text.replaceAll('"', '""')}"`, shown: undefined })),
  fc.stringMatching(/^[a-z0-9 .:+-]{0,30}$/).map((written) => ({ written, shown: undefined })),
  fc
    .stringMatching(/^20\d\d-0[1-9]-1\d 1\d:[0-5]\d:[0-5]\d(\.\d{0,5}[1-9])?\+00$/)
    .map((written) => ({ written, shown: utcText(written) })),
);

it('does so wherever the bytes are cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(field, field), { minLength: 1, maxLength: 8 }),
      fc.array(fc.nat(400)),
      (rows, cuts) => {
        const lines = (of: (one: { readonly written: string; readonly shown: string | undefined }) => string): string =>
          rows.map(([one, other]) => `${one.written},${of(other)}\n`).join('');
        // A plain text that happens to be a time is one.
        const shown = lines(({ written, shown: time }) => time ?? (isTime.test(written) ? utcText(written) : written));
        assert.equal(
          converted(
            [false, true],
            lines(({ written }) => written),
            cuts,
          ),
          shown,
        );
      },
    ),
  );
});

const isTime = /^.{10} .*\+00$/;
