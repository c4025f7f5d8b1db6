/** mqtt.js, MQTT 3.1.1 and 5. */
import path from 'node:path';
import { it } from 'node:test';
import { loseNothing } from './lose-nothing.ts';

it('loses nothing by mqtt.js when the server is killed', { timeout: 60_000 }, async (t) => {
  const command = [process.execPath, path.join(import.meta.dirname, 'mqtt-js/client.ts')];
  await loseNothing(t, { command, levels: [4, 5] });
});
