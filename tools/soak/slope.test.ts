import assert from 'node:assert/strict';
import { it } from 'node:test';
import { problemsOf, type Series } from './series.ts';
import { secondHalf, slopePerHour } from './slope.ts';

const line = (perSecond: number, seconds: number, from = 100) =>
  Array.from({ length: seconds + 1 }, (_, second) => ({ second, value: from + perSecond * second }));

it('says how much a measure grows in an hour, whatever wobbles around it', () => {
  assert.equal(slopePerHour([]), 0);
  assert.equal(Math.round(slopePerHour(line(2, 10))), 7_200);
  const wobbling = line(0, 100).map(({ second, value }) => ({ second, value: value + (second % 2) }));
  assert.ok(Math.abs(slopePerHour(wobbling)) < 1);
});

it('leaves out the first half, in which everything warms up', () => {
  const warming = [...line(10, 50), ...line(0, 50, 600).map(({ second, value }) => ({ second: second + 51, value }))];
  assert.ok(Math.abs(slopePerHour(secondHalf(warming))) < 200);
});

it('finds memory and files that grow, and read models that fall behind', () => {
  const of = (measure: Series['measure'], points: Series['points']): Series => ({ measure, of: 'bridge', points });
  assert.deepEqual(
    problemsOf([of('memory', line(0, 100)), of('handles', line(0, 100)), of('lag', line(0, 100))], 100),
    [],
  );
  assert.deepEqual(problemsOf([of('collected', line(1, 100)), of('live', line(1, 100))], 100), [
    'what bridge holds after a collection grew by 50.0 MiB',
    'what bridge has in use grew by 50.0 MiB',
  ]);
  assert.deepEqual(problemsOf([of('memory', line(0, 100, 500))], 100), ['bridge held 500 MiB']);
  assert.deepEqual(problemsOf([of('handles', line(1, 100))], 100), ['the open files of bridge grew by 50']);
  assert.deepEqual(problemsOf([of('lag', line(10, 100))], 100), [
    'the read models of bridge were up to 1100 records behind',
  ]);
});

it('takes garbage that lies about for no growth, and a database, which collects none, at its word', () => {
  const rising = line(1, 100);
  assert.deepEqual(problemsOf([{ measure: 'memory', of: 'api', points: rising }], 100), []);
  assert.deepEqual(problemsOf([{ measure: 'memory', of: 'postgres', points: rising }], 100), [
    'the memory of postgres grew by 50 MiB',
  ]);
});
