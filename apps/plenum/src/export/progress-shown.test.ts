import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { progressLine, progressShown } from './progress-shown.ts';

const shownOn = (columns: number | undefined) => {
  let [told, nowMs] = ['', 0];
  const tell = (text: string): void => {
    told += text;
  };
  const shown = progressShown({ tell, columns: () => columns }, () => nowMs);
  return {
    shown,
    told: () => told,
    pass: (ms: number): void => {
      nowMs += ms;
    },
  };
};

describe('how far an export is', () => {
  it('is a bar, a share and a number of rows', () => {
    assert.equal(progressLine({ rows: 0, percent: 0 }), `[${'-'.repeat(30)}]   0 %  0 rows`);
    assert.equal(
      progressLine({ rows: 1_520_000, percent: 50 }),
      `[${'#'.repeat(15)}${'-'.repeat(15)}]  50 %  1,520,000 rows`,
    );
    assert.equal(progressLine({ rows: 2, percent: 100 }), `[${'#'.repeat(30)}] 100 %  2 rows`);
  });

  it('is redrawn on a terminal, and gone when it ends', () => {
    const { shown, told } = shownOn(80);
    shown.at({ rows: 1, percent: 10 });
    shown.at({ rows: 2, percent: 20 });
    shown.end();
    assert.equal(told().match(/%/g)?.length, 2);
    assert.ok(told().endsWith('\u001b[1A\r\u001b[J'));
  });

  it('is a line now and then where there is none', () => {
    const { shown, told, pass } = shownOn(undefined);
    shown.at({ rows: 1, percent: 10 });
    pass(5_000);
    shown.at({ rows: 2, percent: 20 });
    shown.at({ rows: 3, percent: 30 });
    shown.end();
    assert.equal(told(), `${progressLine({ rows: 2, percent: 20 })}\n`);
  });
});
