/** Which server the clients are tried at. */
import type { TestContext } from 'node:test';
import { bridgeUnderTest } from './bridge.ts';
import { mosquittoUnderTest } from './mosquitto-server.ts';
import type { ServerUnderTest } from './server-under-test.ts';

/** With `CLIENTS_SERVER=mosquitto` a Mosquitto: who looks into a failure sees there whether the client is at fault. */
export const startServer = (t: TestContext): Promise<ServerUnderTest> =>
  process.env.CLIENTS_SERVER === 'mosquitto' ? mosquittoUnderTest(t) : bridgeUnderTest(t);
