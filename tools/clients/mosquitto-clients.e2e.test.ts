/** `mosquitto_sub` and `mosquitto_pub`, MQTT 3.1.1 and 5. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { it } from 'node:test';
import { loseNothing } from './lose-nothing.ts';

const isThere = (program: string): boolean =>
  (process.env.PATH ?? '').split(path.delimiter).some((folder) => existsSync(path.join(folder, program)));
const missing = ['mosquitto_sub', 'mosquitto_pub', 'stdbuf'].filter((program) => !isThere(program));
const skip = missing.length > 0 && `no ${missing.join(', ')} on this machine: apt-get install mosquitto-clients`;

it('loses nothing by Mosquitto’s clients when the server is killed', { skip, timeout: 60_000 }, async (t) => {
  const command = [process.execPath, path.join(import.meta.dirname, 'mosquitto/client.ts')];
  await loseNothing(t, { command, levels: [4, 5] });
});
