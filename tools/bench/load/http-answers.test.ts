import assert from 'node:assert/strict';
import { it } from 'node:test';
import { answerReader } from './http-answers.ts';

const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello';

it('counts answers however their bytes are cut', () => {
  for (let cut = 1; cut < answer.length * 2; cut += 1) {
    const seen: number[] = [];
    const reader = answerReader((bytes) => seen.push(bytes));
    const both = Buffer.from(answer + answer);
    reader.read(both.subarray(0, cut));
    reader.read(both.subarray(cut));
    assert.deepEqual(seen, [5, 5], `cut at ${cut}`);
  }
});

it('refuses an answer that is no page', () => {
  const reader = answerReader(() => undefined);
  assert.throws(
    () => reader.read(Buffer.from('HTTP/1.1 503 Away\r\nContent-Length: 1\r\n\r\nx')),
    /no page: HTTP\/1.1 503/,
  );
});
