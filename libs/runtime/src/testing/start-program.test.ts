import assert from 'node:assert/strict';
import { it } from 'node:test';
import { startProgram } from './start-program.ts';

const program = (t: Parameters<typeof startProgram>[0], source: string) =>
  startProgram(t, { words: ['--input-type=module', '-e', source], env: { GREETING: 'hello' } });

it('reports what a program logs and how it ends', async (t) => {
  const { logged, exited, until } = program(
    t,
    `console.log(JSON.stringify({ msg: 'it listens', port: 7 }));
     console.error(process.env.GREETING);
     process.exitCode = 3;`,
  );
  assert.equal((await logged('it listens')).port, 7);
  assert.equal(await until((_, stderr) => /hel+o/.exec(stderr)?.[0]), 'hello');
  assert.deepEqual(await exited, [3, null]);
});

it('fails a test that waits for what a program did not say before it ended', async (t) => {
  const { logged } = program(t, `console.error('no such setting');`);
  await assert.rejects(logged('it listens'), /ended: .*no such setting/);
});
