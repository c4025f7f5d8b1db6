/** HiveMQ's client for Java, MQTT 3.1.1 and 5. */
import { it } from 'node:test';
import { buildJavaClient } from './hivemq-java/build.ts';
import { loseNothing } from './lose-nothing.ts';

const { command = [], skip } = await buildJavaClient();

it('loses nothing by HiveMQ’s client for Java when the server is killed', { skip, timeout: 60_000 }, async (t) => {
  await loseNothing(t, { command, levels: [4, 5] });
});
