import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { it } from 'node:test';
import { frozen } from './frozen.ts';

const skip = existsSync('/proc/self/task') ? false : 'there is no /proc on this machine';

it('a process that was sent SIGSTOP has stopped with all its threads', { skip }, async (t) => {
  const busy = 'for (let n = 0; n < 3; n++) new Worker("for (;;);", { eval: true });';
  const child = spawn(process.execPath, [
    '-e',
    `const { Worker } = require('worker_threads'); ${busy} console.log('on')`,
  ]);
  t.after(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  const { pid } = child;
  assert.ok(pid !== undefined);
  for (let turn = 0; turn < 20; turn += 1) {
    child.kill('SIGSTOP');
    await frozen(pid);
    const cpu = async (): Promise<string> =>
      (await readFile(`/proc/${pid}/stat`, 'utf8')).split(' ').slice(13, 15).join(' ');
    const before = await cpu();
    assert.match(await readFile(`/proc/${pid}/status`, 'utf8'), /^State:\s+T/m);
    assert.equal(await cpu(), before, 'it uses no CPU');
    child.kill('SIGCONT');
  }
});

it('a process that is gone is waited for by nobody', { skip }, async () => {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  await frozen(child.pid ?? 0);
});
