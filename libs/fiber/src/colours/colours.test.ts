/** Colours of fibres: the twelve in order, tubes in the same order, and no colour where nobody knows one. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { catalogueNamed, readCatalogues, standardsWithoutColours } from './catalogues.ts';
import { fiberColours } from './fiber-colours.ts';
import { tia598 } from './tia-598.ts';

describe('colours of a cable with 144 fibres', () => {
  it('begin again in every tube, which has the colour of its own number', () => {
    for (let number = 1; number <= 144; number += 1) {
      const { tube, tubeColour, fiberColour } = fiberColours(tia598, number);
      assert.equal(fiberColour, tia598.colours[(number - 1) % 12]);
      assert.equal(tubeColour, tia598.colours[tube - 1]);
    }
    assert.equal(fiberColours(tia598, 13).fiberColour?.name, 'Blue');
    assert.equal(fiberColours(tia598, 13).tubeColour?.name, 'Orange');
    assert.equal(fiberColours(tia598, 144).tubeColour?.name, 'Aqua');
  });

  it('end where the catalogue ends', () => {
    assert.equal(fiberColours(tia598, 145).tubeColour, undefined);
    assert.equal(fiberColours(tia598, 13, 24).fiberColour, undefined);
    assert.equal(fiberColours(tia598, 7, 6).tube, 2);
  });
});

describe('a catalogue', () => {
  it('is TIA-598-C unless a name is given', () => {
    for (const name of [undefined, '', ' ', 'TIA-598-C']) assert.deepEqual(catalogueNamed(name), { catalogue: tia598 });
  });

  it('that has no data is refused, and so is one that nobody knows', () => {
    for (const name of [...standardsWithoutColours, 'tia-598-c', 'Rainbow']) {
      const found = catalogueNamed(name);
      assert.ok('refused' in found && found.refused.includes(name), name);
    }
  });

  it('may be brought by a file', () => {
    const file = { catalogs: [{ name: 'IEC 60304', colors: [{ name: 'Red', hex: '#FF0000' }] }] };
    const read = readCatalogues(file);
    assert.ok('catalogues' in read);
    assert.deepEqual(catalogueNamed('IEC 60304', read.catalogues), {
      catalogue: { name: 'IEC 60304', colours: [{ name: 'Red', hex: '#ff0000' }] },
    });
  });

  it('is read with what is wrong and where', () => {
    const blue = { name: 'Blue', hex: '#0000ff' };
    const wrong: readonly (readonly [unknown, string])[] = [
      [undefined, 'catalogs must'],
      [{ catalogs: {} }, 'catalogs must'],
      [{ catalogs: [null] }, 'catalogs/0/name'],
      [{ catalogs: [{ name: 'A', colors: [] }] }, 'catalogs/0/colors'],
      [{ catalogs: [{ name: 'A', colors: [blue, { name: 'Red', hex: 'red' }] }] }, 'catalogs/0/colors/1/hex'],
      [{ catalogs: [{ name: 'A', colors: [{ hex: '#000000' }] }] }, 'catalogs/0/colors/0/name'],
      [{ catalogs: ['A', 'A'].map((name) => ({ name, colors: [blue] })) }, 'catalogs/1/name'],
      [{ catalogs: Array.from({ length: 21 }, () => ({})) }, 'catalogs has more than 20'],
    ];
    for (const [file, says] of wrong) {
      const read = readCatalogues(file);
      assert.ok('refused' in read && read.refused.startsWith(says), JSON.stringify(read));
    }
  });
});
