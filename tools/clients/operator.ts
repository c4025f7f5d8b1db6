/** Who gives commands: publishes them until they are acknowledged, however often the server is killed meanwhile. */
import type { TestContext } from 'node:test';
import mqtt from 'mqtt';

export type Command = {
  readonly topic: string;
  /** Unlike any other. Nothing else in it says that it is the same when it comes twice. */
  readonly name: string;
  readonly qos: 1 | 2;
};

export type Operator = {
  /** Settles when all of them are acknowledged. */
  publish(commands: readonly Command[]): Promise<void>;
};

export const startOperator = async (t: TestContext, port: number): Promise<Operator> => {
  const options = { clientId: 'operator', clean: false, reconnectPeriod: 100 };
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, options);
  t.after(() => client.endAsync(true));
  client.on('error', () => undefined); // It comes again.
  return {
    publish: async (commands) => {
      const published = commands.map(({ topic, name, qos }) =>
        client.publishAsync(topic, JSON.stringify({ command: name }), { qos }),
      );
      await Promise.all(published);
    },
  };
};
