/** Every name that clients have for a layer, and the ids that QGIS makes of them, mean that layer. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import { type Layer, layers } from '../vocabulary/layers.ts';
import { cableLayerNamed, layerNamed } from './layer-named.ts';

const known = (Object.keys(layers) as Layer[]).flatMap((layer) =>
  [layers[layer].packageName, ...layers[layer].otherNames].map((name) => ({ layer, name })),
);

describe('the name of a layer', () => {
  it('is understood in each vocabulary, and belongs to one layer', () => {
    for (const { layer, name } of known) assert.equal(layerNamed(name), layer, name);
    const names = known.map(({ name }) => name.replaceAll(' ', '_'));
    assert.equal(new Set(names).size, names.length);
  });

  it('is understood as an id of QGIS, whatever comes behind it', () => {
    for (const { layer, name } of known) {
      const qgis = name.replaceAll(/[^A-Za-z0-9]/g, '_');
      const behind = [randomUUID().replaceAll('-', '_'), randomUUID(), '9f3c', '20150304123456789'];
      for (const one of behind) assert.equal(layerNamed(`${qgis}_${one}`), layer, `${qgis}_${one}`);
    }
  });

  it('may be that of its table, unless two layers share it', () => {
    assert.equal(layerNamed('ftth_kablovi_podzemni'), 'underground_cable');
    assert.equal(layerNamed('ftth_elements'), 'element');
    assert.equal(layerNamed('ftth_spojevi'), undefined);
  });

  it('is nothing that was never one', () => {
    for (const name of ['', ' ', '_', 'okna', 'Roads', 'Roads_9f3c', '__proto__', '_9f3c2d10']) {
      assert.equal(layerNamed(name), undefined, name);
    }
  });

  it('of a cable is none of anything else', () => {
    assert.equal(cableLayerNamed('Kablovi_vazdusni_9f3c'), 'aerial_cable');
    assert.equal(cableLayerNamed('Underground_cables_9f3c'), 'underground_cable');
    assert.equal(cableLayerNamed('Trasa'), undefined);
  });
});
