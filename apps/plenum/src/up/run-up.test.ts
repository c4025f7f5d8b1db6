import assert from 'node:assert/strict';
import { it } from 'node:test';
import { upText } from './run-up.ts';

it('says when others than this machine can reach the API', () => {
  const where = { mqttUrl: 'mqtt://127.0.0.1:1883', apiUrl: 'http://127.0.0.1:8000' };
  const first = 'Plenum is up: MQTT at mqtt://127.0.0.1:1883, API at http://127.0.0.1:8000\n';
  for (const HTTP_HOST of ['0.0.0.0', '::']) {
    assert.match(upText(where, { HTTP_HOST }), /^Plenum is up: .*\nThe API listens on all addresses .* plain HTTP/);
  }
  assert.equal(upText(where, { HTTP_HOST: '127.0.0.1' }), first);
});
