import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fuzzDecoders } from './decoders/fuzz-decoders.ts';
import { type DecoderInput, tryInput } from './decoders/inputs.ts';
import { fuzzMqtt, mqttRegression } from './mqtt/fuzz-mqtt.ts';
import { regressions } from './regressions.ts';
import type { Failure } from './target.ts';

describe('inputs that once broke a decoder', () => {
  for (const { name, failure } of regressions('decoders')) {
    it(`${name} does not any more`, () => tryInput(failure.input as DecoderInput)); // Kept by the run that found it.
  }
});

describe('packets that once broke the MQTT server', () => {
  for (const { name, failure } of regressions('mqtt')) {
    it(`${name} do not any more`, async () => assert.equal(await mqttRegression(failure.input), undefined));
  }
});

it('the MQTT server takes what comes, and holds nothing of it', async (t) => {
  const failures: Failure[] = [];
  let packets = 0;
  const target = {
    progress: (inputs: number) => {
      packets += inputs;
    },
    failed: (failure: Failure) => void failures.push(failure),
    stop: t.signal,
  };
  await fuzzMqtt({ inputs: 30_000, seed: 1 }, target);
  assert.deepEqual(failures, []);
  assert.ok(packets >= 30_000);
});

it('strange bytes are distinguished from good ones, and nothing throws', async (t) => {
  const failures: Failure[] = [];
  const target = {
    progress: () => undefined,
    failed: (failure: Failure) => void failures.push(failure),
    stop: t.signal,
  };
  await fuzzDecoders({ inputs: 20_000, seed: 1 }, target);
  assert.deepEqual(failures, []);
});

it('an input that has found something says so', () => {
  const body = Buffer.from('a batch').toString('base64');
  const written = Buffer.from('another').toString('base64');
  assert.doesNotThrow(() => tryInput({ decoder: 'batch', written, body }));
  // A reader that is handed a body that was not announced, and that is whole, would take one batch for another.
  assert.throws(() => tryInput({ decoder: 'batch', written: '', body: wholeBatch }), /Missing expected exception/);
});

/** One record with an empty key and value, as `batch-writer.ts` writes it. */
const wholeBatch = 'AqDbYkkAAAAAAAEAAAAAAA==';
