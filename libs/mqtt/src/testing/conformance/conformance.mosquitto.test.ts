/** The listener and Mosquitto answer the same, packet by packet, but for the differences that the scripts name. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mosquittoMissing, testMosquitto } from '@plenum/local-mosquitto/testing';
import { opened } from '../listener-under-test.ts';
import { expectedOf, play } from './play.ts';
import { themes } from './scripts/themes.ts';

for (const [theme, scripts] of Object.entries(themes)) {
  describe(theme, { skip: mosquittoMissing }, () => {
    for (const script of scripts) {
      it(script.name, async (t) => {
        const [ours, broker] = await Promise.all([opened(t), testMosquitto(t)]);
        const mosquitto = await play(script, broker.port, 'mosquitto');
        const listener = await play(script, ours.port, 'listener');
        // What differs and is said not to, or is said to and does not any more.
        if (!script.steps.some((step) => step.does === 'hear' && step.differences.length > 0)) {
          assert.deepEqual(listener, mosquitto);
        }
        assert.deepEqual(mosquitto, expectedOf(script, 'mosquitto'));
        assert.deepEqual(listener, expectedOf(script, 'listener'));
      });
    }
  });
}
