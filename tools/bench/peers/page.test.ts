import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Figures } from './figures.ts';
import { linesOf, type Measuring, pageOf } from './page.ts';
import type { Pipeline } from './pipeline.ts';

const pipeline = (name: string): Pipeline => ({
  ...{ name, about: `how ${name} is set up`, promise: `what ${name} promises`, tables: 'one', readings: 'readings' },
  ...{ listens: false, alsoCount: [], floodMessages: 1, versions: async () => '1' },
  prepare: () => Promise.reject(new Error('nothing is started here')),
});

const measuring = (theirs: Figures): Measuring => ({
  pipelines: [pipeline('ours'), pipeline('theirs')],
  rounds: new Map([
    ['ours', [{ flood: 1_000, memory: 600, lost: 0, acknowledged: 10 }]],
    ['theirs', [theirs]],
  ]),
  ours: ['ours'],
  versions: new Map([['theirs', 'Theirs 2.1']]),
  foundation: 'PostgreSQL 1.',
  missing: ['another: no compiler'],
});

describe('the table of peers', () => {
  it('has a row for each figure, with the best in bold and what was not measured left open', () => {
    const page = pageOf(measuring({ flood: 900, lost: 3, acknowledged: 10 }));
    assert.match(page, /^\| flood, visible in all its tables, rows\/s \| \*\*1,000\*\* \| 900 \|$/m);
    assert.match(page, /^\| memory, the most, MB \| 600 \| – \|$/m);
    assert.match(page, /^\| of them lost, messages, all rounds \| \*\*0\*\* \| 3 \|$/m);
    assert.match(page, /^\| theirs \| Theirs 2\.1 \| how theirs is set up \| one \| what theirs promises \|$/m);
    assert.match(page, /Not measured: another: no compiler\./);
    assert.match(page, /Nothing is ahead of Plenum in this table\./);
  });

  it('says where something else is ahead', () => {
    const page = pageOf(measuring({ flood: 2_000, memory: 40 }));
    assert.match(page, /^\* flood, visible in all its tables: theirs 2,000, and Plenum 1,000 rows\/s$/m);
    assert.match(page, /^\* memory, the most: theirs 40, and Plenum 600 MB$/m);
  });

  it('has a line for each figure of each pipeline that was measured', () => {
    const lines = linesOf(measuring({ flood: 900 }));
    assert.equal(lines.length, 5);
    assert.partialDeepStrictEqual(lines[0], { pipeline: 'ours', figure: 'flood', value: 1_000, rounds: 1, best: true });
  });
});
