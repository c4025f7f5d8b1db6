import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Site } from '../chaos/site/site.ts';
import { runFuzz } from './fuzz.ts';
import { type HttpInput, tryHttpInput } from './http/fuzz-http.ts';
import { sendSession } from './listener/send-session.ts';
import { regressions } from './regressions.ts';

it('the listener and the API take what comes', { timeout: 300_000 }, async (t) => {
  const told: string[] = [];
  const options = {
    inputs: 6_000,
    seed: 5,
    only: ['usable', 'listener', 'http'],
    mqtt: 'listen',
    json: false,
  } as const;
  const parts = { tell: (line: string) => void told.push(line), keep: () => undefined, stop: t.signal, also };
  const { failures, problems, inputs } = await runFuzz(options, parts);
  assert.deepEqual([failures, problems], [[], []], told.join('\n'));
  assert.ok(inputs.usable >= 2_500 && inputs.listener >= 2_300 && inputs.http >= 400, JSON.stringify(inputs));
});

/** What once broke the listener or the API is sent to them again. */
const also = async ({ mqttPort, apiUrl, apiHeaders }: Site): Promise<void> => {
  for (const { name, failure } of regressions('listener')) {
    const sessions = failure.input as readonly (readonly string[])[]; // Kept by the run that found it.
    for (const session of sessions) {
      const ending = await sendSession(
        mqttPort,
        session.map((piece) => Buffer.from(piece, 'base64')),
      );
      assert.equal(ending, 'closed', name);
    }
  }
  for (const { name, failure } of regressions('http')) {
    assert.equal(await tryHttpInput(apiUrl, apiHeaders, failure.input as HttpInput), undefined, name); // As above.
  }
};
