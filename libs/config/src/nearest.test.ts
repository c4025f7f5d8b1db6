import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { editDistance, nearest } from './nearest.ts';

describe('the nearest name', () => {
  it('is the one with the fewest differences, if they are few', () => {
    const known = ['LOG', 'LOG_LEVEL', 'MQTT_PORT', 'MQTT_WS_PORT'];
    assert.equal(nearest('LOG_LEVLE', known), 'LOG_LEVEL');
    assert.equal(nearest('LOGLEVEL', known), 'LOG_LEVEL');
    assert.equal(nearest('MQTT_WSPORT', known), 'MQTT_WS_PORT');
    assert.equal(nearest('COLOUR', known), undefined);
    assert.equal(nearest('x', []), undefined);
  });

  it('is measured by single changes, an exchange of neighbours among them', () => {
    assert.equal(editDistance('LEVLE', 'LEVEL'), 1);
    assert.equal(editDistance('ab', ''), 2);
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        const distance = editDistance(a, b);
        assert.equal(distance, editDistance(b, a));
        assert.equal(distance === 0, a === b);
        assert.ok(distance <= Math.max(a.length, b.length) && distance >= Math.abs(a.length - b.length));
      }),
    );
  });
});
