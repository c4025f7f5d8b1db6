/** What a client finds retained of a node, and a device that speaks for itself. */
import mqtt, { type MqttClient } from 'mqtt';

export type MqttUser = { readonly username?: string; readonly password?: string };

export const registrationTopicOf = (nodeId: string): string => `ceiling/nodes/${nodeId}/registration`;

/**
 * As a client that was never there before gets it; `undefined` when nothing is retained: then nothing came before the answer to what was
 * asked after the subscription.
 */
export const foundRetained = async (port: number, nodeId: string, user: MqttUser = {}): Promise<string | undefined> => {
  const client = await clientAt(port, user);
  let found: string | undefined;
  client.on('message', (_, payload, { retain }) => {
    if (retain) found = String(payload);
  });
  await client.subscribeAsync(registrationTopicOf(nodeId), { qos: 0 });
  await client.unsubscribeAsync(registrationTopicOf(nodeId));
  await client.endAsync(true);
  return found;
};

/** A registration that a device publishes itself, retained; without a payload it takes it away. */
export const saysItself = async (
  port: number,
  nodeId: string,
  { payload, ...user }: MqttUser & { readonly payload: string },
): Promise<void> => {
  const client = await clientAt(port, user);
  await client.publishAsync(registrationTopicOf(nodeId), payload, { qos: 1, retain: true });
  await client.endAsync();
};

const clientAt = (port: number, user: MqttUser): Promise<MqttClient> =>
  mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, { protocolVersion: 5, reconnectPeriod: 0, ...user }, false);
