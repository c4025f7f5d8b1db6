/** A device at a Mosquitto, as a test sees it: what it is let do, and when it is thrown out. */
import mqtt, { type MqttClient } from 'mqtt';

export type BrokerCredentials = { readonly nodeId: string; readonly userName: string; readonly key?: string };

/** Rejects with the reason code of MQTT 5 when it is not let in. */
export const atBrokerAs = async (port: number, { nodeId, userName, key }: BrokerCredentials): Promise<MqttClient> => {
  const client = await mqtt.connectAsync(
    `mqtt://127.0.0.1:${port}`,
    {
      ...{ protocolVersion: 5, clientId: nodeId, username: userName, reconnectPeriod: 0 },
      ...(key !== undefined && { password: key }),
    },
    false,
  );
  client.on('error', () => undefined); // A connection that is ended says so in its own events.
  return client;
};

/** Milliseconds from now until it is closed by the other side. */
export const closedAfterMs = (client: MqttClient): Promise<number> => {
  const beganMs = performance.now();
  return new Promise((resolve) => client.once('close', () => resolve(performance.now() - beganMs)));
};

export type Said = 'taken' | 'denied' | 'closed';

const notAuthorized = 0x87;

/** Of QoS 1. @throws when the broker refuses it for something else than who says it. */
export const publishedBy = (client: MqttClient, topic: string, payload = '{}'): Promise<Said> =>
  answered(client, (answer, fail) =>
    client.publish(topic, payload, { qos: 1 }, (error) => {
      if (error === undefined || error === null) answer('taken');
      else if ((error as { readonly code?: number }).code === notAuthorized) answer('denied');
      else fail(error);
    }),
  );

export const subscribedBy = (client: MqttClient, filter: string): Promise<Said> =>
  answered(client, (answer) =>
    client.subscribe(filter, { qos: 1 }, (error) => answer(error === null ? 'taken' : 'denied')),
  );

const answered = (
  client: MqttClient,
  ask: (answer: (said: Said) => void, fail: (error: Error) => void) => void,
): Promise<Said> =>
  new Promise((resolve, reject) => {
    const closed = (): void => resolve('closed');
    client.once('close', closed);
    ask((said) => {
      client.off('close', closed);
      resolve(said);
    }, reject);
  });
