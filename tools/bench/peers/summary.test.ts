import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Figure } from './figures.ts';
import { aheadIn, rowOf } from './summary.ts';

const memory: Figure = { name: 'memory', about: 'memory', unit: 'MB', best: 'least', over: 'median' };
const flood: Figure = { name: 'flood', about: 'flood', unit: 'rows/s', best: 'greatest', over: 'median' };
const lost: Figure = { name: 'lost', about: 'lost', unit: 'messages', best: 'least', over: 'sum' };

describe('a row of the table of peers', () => {
  it('has the median of the rounds, or their sum', () => {
    const rounds = new Map([
      [
        'a',
        [
          { memory: 3, lost: 2 },
          { memory: 1, lost: 0 },
          { memory: 2, lost: 5 },
        ],
      ],
    ]);
    assert.equal(rowOf(memory, rounds).cells.get('a')?.value, 2);
    assert.equal(rowOf(lost, rounds).cells.get('a')?.value, 7);
  });

  it('leaves out what was measured in no more than half of the rounds', () => {
    const rounds = new Map([
      ['half', [{ memory: 1 }, {}]],
      ['most', [{ memory: 4 }, {}, { memory: 6 }]],
    ]);
    assert.deepEqual([...rowOf(memory, rounds).cells.keys()], ['most']);
  });

  it('knows which is best, in the direction of the figure, and that nobody is where all are equal', () => {
    const rounds = new Map([
      ['a', [{ memory: 1, flood: 10, lost: 0 }]],
      ['b', [{ memory: 2, flood: 20, lost: 0 }]],
    ]);
    assert.deepEqual(rowOf(memory, rounds).best, ['a']);
    assert.deepEqual(rowOf(flood, rounds).best, ['b']);
    assert.deepEqual(rowOf(lost, rounds).best, []);
  });

  it('says who is ahead of the best of ours', () => {
    const rounds = new Map([
      ['ours', [{ memory: 5, flood: 30 }]],
      ['ours too', [{ memory: 4, flood: 10 }]],
      ['theirs', [{ memory: 3, flood: 20 }]],
    ]);
    const ours = ['ours', 'ours too'];
    assert.deepEqual(aheadIn(rowOf(memory, rounds), ours), { figure: memory, ours: 4, others: [['theirs', 3]] });
    assert.equal(aheadIn(rowOf(flood, rounds), ours), undefined);
  });
});
