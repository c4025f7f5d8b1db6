import assert from 'node:assert/strict';
import { it } from 'node:test';
import { runMoves } from './run-moves.ts';

it('loses nothing when 100 devices move from a bridge that is killed, or stopped, to another', {
  timeout: 120_000,
}, async () => {
  const moves = await runMoves({ devices: 100, log: 'postgres' }, () => undefined);
  assert.deepEqual(
    moves.map(({ how, commands, problems }) => ({ how, commands, problems })),
    [
      { how: 'killed', commands: 200, problems: [] },
      { how: 'stopped', commands: 200, problems: [] },
    ],
  );
  for (const { readings } of moves) assert.ok(readings > 50, `${readings} readings were on their way`);
});
