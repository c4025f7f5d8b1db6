import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { canonicalEwkb, encodeGeometry, refusalOf } from './index.ts';
import { geometries } from './testing/index.ts';

const point = encodeGeometry({ type: 'Point', coordinates: [1, 2] });
const one = '000000000000f03f';
const two = '0000000000000040';
const three = '0000000000000840';
const line = encodeGeometry({
  type: 'LineString',
  coordinates: [
    [1, 2],
    [2, 1],
  ],
});

describe('well-known bytes of other programs', () => {
  it('come out in our form', () => {
    const sent: readonly (readonly [what: string, hex: string, expected: Uint8Array])[] = [
      ['EWKB', `0101000020e6100000${one}${two}`, point],
      ['WKB without an SRID', `0101000000${one}${two}`, point],
      ['big-endian EWKB', '0020000001000010e63ff00000000000004000000000000000', point],
      ['big-endian WKB', '00000000013ff00000000000004000000000000000', point],
      [
        'big-endian parts in a little-endian whole',
        `01040000000100000000000000013ff00000000000004000000000000000`,
        points,
      ],
      ['GeoPackage', `47500001e61000000101000000${one}${two}`, point],
      ['GeoPackage, big-endian, with an envelope', `47500002000010e6${'00'.repeat(32)}0101000000${one}${two}`, point],
      ['a negative zero', `010100000000000000000000800000000000000080`, origin],
    ];
    for (const [what, hex, expected] of sent) {
      const bytes = Buffer.from(hex, 'hex');
      assert.deepEqual(canonicalEwkb(bytes), { ewkb: expected }, what);
    }
  });

  it('lose heights and measures only where that is asked for', () => {
    const sent: readonly (readonly [hex: string, expected: Uint8Array])[] = [
      [`0101000080${one}${two}${three}`, point],
      [`01e9030000${one}${two}${three}`, point],
      [`01d1070000${one}${two}${three}`, point],
      [`01b90b0000${one}${two}${three}${three}`, point],
      [`01010000e0e6100000${one}${two}${three}${three}`, point],
      [`01ea03000002000000${one}${two}${three}${two}${one}${three}`, line],
    ];
    for (const [hex, expected] of sent) {
      const bytes = Buffer.from(hex, 'hex');
      assert.match(
        (canonicalEwkb(bytes) as { refusal: string }).refusal,
        /^it has (heights|measures), which are not kept$/,
      );
      assert.deepEqual(canonicalEwkb(bytes, { heights: 'drop' }), { ewkb: expected });
    }
  });

  it('are refused with a reason', () => {
    const sent: readonly (readonly [hex: string, reason: string])[] = [
      ['', 'it ends too early'],
      ['02', 'byte order 2'],
      [`0101000020110f0000${one}${two}`, 'SRID 3857, not 4326'],
      [`010700000000000000`, 'type 7 is no kind of geometry we keep'],
      [`0101000000${one}`, 'it ends too early'],
      [`0101000000${one}${two}00`, '1 bytes after its end'],
      [`0101000000${'000000000000f87f'.repeat(2)}`, 'point 0: longitude NaN is not within ±180'],
      ['0102000000ffffffff', 'it ends too early'],
      ['010600000001000000010100000000', 'a part is not a Polygon'],
      ['4750', 'it ends within its header'],
      [`47500001110f00000101000000${one}${two}`, 'SRID 3857, not 4326'],
      [`47500011e61000000101000000${one}${two}`, 'it is empty'],
      [`47500021e61000000101000000${one}${two}`, 'an extended GeoPackage geometry'],
      [`4750000fe61000000101000000${one}${two}`, 'its envelope is of no known form'],
    ];
    for (const [hex, refusal] of sent) assert.deepEqual(canonicalEwkb(Buffer.from(hex, 'hex')), { refusal }, hex);
    assert.deepEqual(canonicalEwkb(point, { kind: 'Polygon' }), { refusal: 'a Point, not a Polygon' });
  });

  it('stay as they are in our form', () => {
    fc.assert(
      fc.property(geometries, (geometry) => {
        const ewkb = encodeGeometry(geometry);
        assert.deepEqual(canonicalEwkb(ewkb, { kind: geometry.type }), { ewkb });
      }),
    );
  });

  it('never make it throw, and what passes can be stored', () => {
    const start = fc.constantFrom(
      [1, 3, 0, 0, 0],
      [0, 0, 0, 0, 6],
      [1, 5, 0, 0, 0x20, 0xe6, 0x10, 0, 0],
      [0x47, 0x50, 0, 1],
      [],
    );
    const bytes = fc.tuple(start, fc.array(fc.oneof(fc.constantFrom(0, 1, 2), fc.nat(255)), { maxLength: 80 }));
    fc.assert(
      fc.property(bytes, ([first, rest]) => {
        const canonical = canonicalEwkb(new Uint8Array([...first, ...rest]));
        assert.ok('refusal' in canonical || refusalOf(canonical.ewkb) === undefined);
      }),
      { numRuns: 3_000 },
    );
  });
});

const points = encodeGeometry({ type: 'MultiPoint', coordinates: [[1, 2]] });
const origin = encodeGeometry({ type: 'Point', coordinates: [0, 0] });
