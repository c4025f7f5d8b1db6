/** The listener answers as the standard wants it, packet by packet, but for the differences that the scripts name. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { opened } from '../listener-under-test.ts';
import { expectedOf, play } from './play.ts';
import { themes } from './scripts/themes.ts';

describe('the listener', { concurrency: 8 }, () => {
  for (const { name, scripts } of themes) {
    for (const script of scripts) {
      it(`${name}: ${script.name}`, async (t) => {
        const { port } = await opened(t);
        assert.deepEqual(await play(script, port, 'listener'), expectedOf(script, 'listener'));
      });
    }
  }
});

it('every difference is one, and every script is named once', () => {
  for (const { name, steps } of themes.flatMap(({ scripts }) => scripts)) {
    for (const step of steps) {
      for (const { answers, because } of step.does === 'hear' ? step.differences : []) {
        assert.notDeepEqual(answers.toSorted(), step.does === 'hear' && step.answers.toSorted(), `${name}: ${because}`);
      }
    }
  }
  for (const { name, scripts } of themes) {
    const names = scripts.map((script) => script.name);
    assert.deepEqual(
      names.filter((each, index) => names.indexOf(each) !== index),
      [],
      name,
    );
  }
});
