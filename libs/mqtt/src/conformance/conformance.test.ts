/** The listener answers as MQTT 3.1.1 wants it, packet by packet, but for the differences that the scripts name. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { opened } from '../testing/door-under-test.ts';
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
