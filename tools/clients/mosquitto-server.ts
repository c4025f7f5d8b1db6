/**
 * Mosquitto as the server, to try a client program by itself. It does not survive SIGKILL, so it is asked to stop; what it has
 * handed on is what a subscriber of the test has got.
 */
import type { TestContext } from 'node:test';
import { testMosquitto } from '@plenum/local-mosquitto/testing';
import mqtt from 'mqtt';
import type { ServerUnderTest } from './server-under-test.ts';

export const mosquittoUnderTest = async (t: TestContext): Promise<ServerUnderTest> => {
  const broker = await testMosquitto(t);
  const kept = new Map<string, number>();
  const options = { clientId: 'recorder', clean: false, reconnectPeriod: 100 };
  const recorder = await mqtt.connectAsync(`mqtt://127.0.0.1:${broker.port}`, options);
  t.after(() => recorder.endAsync(true));
  recorder.on('message', (_, payload) => {
    const { event_id: id, command } = JSON.parse(payload.toString()) as Readonly<Record<string, string>>;
    const name = command ?? id ?? '';
    // The same reading twice is one event, as in the log.
    kept.set(name, command === undefined ? 1 : (kept.get(name) ?? 0) + 1);
  });
  recorder.on('error', () => undefined); // It comes again.
  await recorder.subscribeAsync('ceiling/#', { qos: 2 });
  return {
    port: () => broker.port,
    kill: () => broker.stop('SIGTERM'),
    start: () => broker.start(),
    kept: async () => kept,
    readings: 3_000,
  };
};
