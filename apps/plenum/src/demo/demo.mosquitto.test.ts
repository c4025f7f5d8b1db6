/** The demonstration before a real Mosquitto: its own, and one that is already there and has messages waiting. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findMosquitto, NoMosquitto } from '@plenum/local-mosquitto';
import { mosquittoMissing, testMosquitto } from '@plenum/local-mosquitto/testing';
import { testDirectory } from '@plenum/postgres/testing';

import { lastLine, outcomeOf, runPlenum, smallDemo, smallOutcome } from '../testing/run-plenum.ts';

describe('the demo before a broker', { skip: mosquittoMissing }, () => {
  it('runs one for itself, twice on kept data', async (t) => {
    const place = { PLENUM_DATA_DIR: testDirectory(t), MQTT_MODE: 'connect' };
    for (const run of ['on empty data', 'on kept data']) {
      const ended = await runPlenum(place, smallDemo);
      assert.equal(ended.code, 0, `${run}: ${ended.stderr}`);
      assert.deepEqual(outcomeOf(ended), smallOutcome('postgres'), run);
    }
  });

  it('counts what the broker has retained and what waited there as received', async (t) => {
    const { port } = await testMosquitto(t);
    const url = `mqtt://127.0.0.1:${port}`;
    const place = { PLENUM_DATA_DIR: testDirectory(t), MQTT_URL: url };
    // Ten registrations stay at the broker, and come first of all to a session that is new.
    await runPlenum(place, ['simulate', '--url', url, '--messages', '10', '--nodes', '10', '--malformed', '0']);
    const first = await runPlenum(place, [...smallDemo, '--mqtt', 'connect']);
    assert.equal(first.code, 0, first.stderr);
    const outcome = lastLine(first);
    assert.deepEqual([outcome.published, outcome.received, outcome.lost, outcome.verified], [1_000, 1_010, 0, true]);

    // The session stays there, and so does what is published while nobody takes it.
    const waiting = ['simulate', '--url', url, '--messages', '50', '--nodes', '10', '--seed', '2', '--malformed', '0'];
    await runPlenum(place, waiting);
    const second = await runPlenum(place, [...smallDemo, '--mqtt', 'connect']);
    assert.equal(second.code, 0, second.stderr);
    const later = lastLine(second);
    assert.deepEqual([later.published, later.received, later.lost, later.verified], [1_000, 1_050, 0, true]);
  });
});

it('says how to get a broker where there is none', (t) => {
  assert.equal(findMosquitto(testDirectory(t), []), undefined);
  assert.match(new NoMosquitto().message, /apt-get install mosquitto.* MQTT_URL/);
});
