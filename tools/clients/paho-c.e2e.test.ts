/** paho for C, MQTT 3.1.1 and 5. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { it } from 'node:test';
import { promisify } from 'node:util';
import { builtProgram } from './built-program.ts';
import { loseNothing } from './lose-nothing.ts';

const source = path.join(import.meta.dirname, 'paho-c/client.c');
const { built = '', skip } = await builtProgram('paho-c', [source], (folder) =>
  promisify(execFile)('cc', ['-O1', '-o', path.join(folder, 'client'), source, '-lpaho-mqtt3c', '-lpthread']),
);

it('loses nothing by paho for C when the server is killed', { skip, timeout: 60_000 }, async (t) => {
  await loseNothing(t, { command: [path.join(built, 'client')], levels: [4, 5] });
});
