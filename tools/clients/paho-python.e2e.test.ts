/** paho for Python, MQTT 3.1.1 and 5. */
import path from 'node:path';
import { it } from 'node:test';
import { pythonEnvironment } from '../examples/python-environment.ts';
import { loseNothing } from './lose-nothing.ts';

const folder = path.join(import.meta.dirname, 'paho-python');
const { python = '', skip } = await pythonEnvironment(path.join(folder, 'requirements.txt'));

it('loses nothing by paho for Python when the server is killed', { skip, timeout: 60_000 }, async (t) => {
  await loseNothing(t, { command: [python, path.join(folder, 'client.py')], levels: [4, 5] });
});
