/** Mosquitto answers as the scripts say, packet by packet: what the listener answers, but for the differences they name. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mosquittoMissing, testMosquitto } from '@plenum/local-mosquitto/testing';
import { expectedOf, play } from './play.ts';
import { themes } from './scripts/themes.ts';

// At the same time, because much of it is waiting for a clock; a broker for each, because they have names in common.
describe('Mosquitto', { skip: mosquittoMissing, concurrency: 16 }, () => {
  for (const { name, scripts } of themes) {
    for (const script of scripts) {
      it(`${name}: ${script.name}`, async (t) => {
        const { port } = await testMosquitto(t, { tcpOnly: true });
        assert.deepEqual(await play(script, port, 'mosquitto'), expectedOf(script, 'mosquitto'));
      });
    }
  }
});
