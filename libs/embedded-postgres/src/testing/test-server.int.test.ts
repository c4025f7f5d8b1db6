import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { isAlive } from './reach.ts';

test('the server ends with a process that is killed', { timeout: 120_000 }, async (t) => {
  const program = path.join(import.meta.dirname, 'owned-server.ts');
  const owner = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'] });
  t.after(() => owner.kill('SIGKILL'));
  const [line] = await once(createInterface({ input: owner.stdout }), 'line');
  assert.ok(isAlive(Number(line)));

  owner.kill('SIGKILL');

  while (isAlive(Number(line))) {
    t.signal.throwIfAborted();
    await setImmediate();
  }
});
