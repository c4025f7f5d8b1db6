import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { it } from 'node:test';
import { endProgram, freePorts, portOrFree } from './local-program.ts';

it('finds ports that are free and all different, and the one that is wanted if it is', async () => {
  const ports = await freePorts(5);
  assert.equal(new Set(ports).size, 5);
  // Not one that somebody else would be given who asks for any.
  for (const port of ports) assert.ok(port >= 10_000 && port < 32_768, String(port));
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const address = taken.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  assert.notEqual(await portOrFree(port), port);
  taken.close();
  await once(taken, 'close');
  assert.equal(await portOrFree(port), port);
});

for (const [name, source, ended] of [
  ['that ends when it is asked', '', 'SIGTERM'],
  ['that does not hear', `process.on('SIGTERM', () => undefined);`, 'SIGKILL'],
] as const) {
  it(`ends a program ${name}`, async (t) => {
    const child = spawn(process.execPath, ['-e', `${source} console.log('up'); setInterval(() => {}, 1000);`]);
    t.after(() => child.kill('SIGKILL'));
    await once(child.stdout, 'data');
    const exited = once(child, 'exit');
    const patienceMs = ended === 'SIGKILL' ? 1 : 60_000;
    await endProgram(child, { exited, signal: 'SIGTERM', insist: 'SIGKILL', patienceMs });
    assert.deepEqual(await exited, [null, ended]);
  });
}
