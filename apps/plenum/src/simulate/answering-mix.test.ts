import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { answeringMix } from './answering-mix.ts';
import { answeringLine, answeringSummary, characterLines, type Taken } from './answering-summary.ts';

const { parse } = answeringMix('');

describe('the mix of answers', () => {
  it('is shares of nodes, or one way for all of them', () => {
    assert.deepEqual(parse('slow=0.1,never=0.05'), { value: { slow: 0.1, silent: 0.05 } });
    assert.deepEqual(parse('prompt=0.7, twice=0.2 ,error=.1'), { value: { prompt: 0.7, twice: 0.2, failing: 0.1 } });
    assert.deepEqual(parse('never'), { value: { silent: 1 } });
    assert.deepEqual(parse('prompt'), { value: { prompt: 1 } });
  });

  it('is nothing else', () => {
    const wrong = [
      '',
      'often',
      'slow=',
      'slow=2',
      'slow=0.6,never=0.5',
      'slow=0.1,slow=0.1',
      'slow,never=0.1',
      'silent=1',
    ];
    for (const written of wrong) assert.equal(parse(written), undefined, written);
  });
});

const taken = (character: Taken['character'], more: Partial<Taken> = {}): Taken => ({
  ...{ character, isExpired: false, received: 1, executed: 1, ...more },
});

describe('the summary of answers', () => {
  it('counts commands once, in the way in which each was answered', () => {
    const summary = answeringSummary(
      [
        ...[taken('prompt', { received: 3 }), taken('slow'), taken('silent', { executed: 0 }), taken('twice')],
        ...[taken('failing'), taken('prompt', { isExpired: true, executed: 0 })],
      ],
      9,
    );
    const answered = { prompt: 1, slow: 1, never: 1, twice: 1, error: 1, expired: 1 };
    assert.deepEqual(summary, { received: 6, again: 2, executed: 4, answered, answers: 9 });
    assert.equal(
      answeringLine(summary),
      '6 commands came, and 2 came again; 4 executed; 1 answered at once, 1 slowly, 1 never, 1 twice, 1 with an error, ' +
        '1 as expired; 9 answers acknowledged',
    );
    assert.match(answeringLine(answeringSummary([], 0)), /^0 commands came; 0 executed; 0 answered at once, /);
  });

  it('names nodes that do not answer at once', () => {
    const nodes = Array.from({ length: 8 }, (_, n) => ({ nodeId: `n${n}`, character: 'slow' as const }));
    assert.deepEqual(
      characterLines([...nodes, { nodeId: 'p', character: 'prompt' }, { nodeId: 'e', character: 'failing' }]),
      ['answering slowly: n0, n1, n2, n3, n4 and 3 more\n', 'answering with an error: e\n'],
    );
  });
});
