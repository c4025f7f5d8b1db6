/** The listener answers as MQTT 3.1.1 wants it, packet by packet, but for the differences that the scripts name. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { opened } from '../listener-under-test.ts';
import { expectedOf, play } from './play.ts';
import { themes } from './scripts/themes.ts';

for (const [theme, scripts] of Object.entries(themes)) {
  describe(theme, () => {
    for (const script of scripts) {
      it(script.name, async (t) => {
        const { port } = await opened(t);
        assert.deepEqual(await play(script, port, 'listener'), expectedOf(script, 'listener'));
      });
    }
  });
}

it('every difference is one, and is named once', () => {
  const scripts = Object.values(themes).flat();
  for (const { name, steps } of scripts) {
    for (const step of steps) {
      for (const { answers, because } of step.does === 'hear' ? step.differences : []) {
        assert.notDeepEqual(answers.toSorted(), step.does === 'hear' && step.answers.toSorted(), `${name}: ${because}`);
      }
    }
  }
  assert.equal(new Set(scripts.map(({ name }) => name)).size, scripts.length);
});
