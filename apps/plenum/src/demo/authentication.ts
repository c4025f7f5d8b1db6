/** Whether the API and the MQTT port let in who has a key, and nobody else. */
import mqtt from 'mqtt';
import type { DemoKey } from './demo-key.ts';

export type Tried = { readonly apiUrl: string; readonly key: DemoKey; readonly stop: AbortSignal };

/** What is not as it should be, in words. @throws when the API does not answer; the reason of `stop`. */
export const authenticationProblems = async ({ apiUrl, key, stop }: Tried): Promise<readonly string[]> => {
  const status = async (headers: Readonly<Record<string, string>>, path: string): Promise<number> => {
    const response = await fetch(`${apiUrl}${path}`, { headers, signal: stop });
    await response.arrayBuffer();
    return response.status;
  };
  const ours = { 'x-api-key': key.secret };
  const asked = [
    { what: 'a read with a key', wanted: 200, got: await status(ours, '/api/v1/network/status') },
    { what: 'why messages were refused', wanted: 200, got: await status(ours, '/api/v1/quarantine') },
    { what: 'a read without one', wanted: 401, got: await status({}, '/api/v1/network/status') },
    { what: 'a read that the key may not', wanted: 403, got: await status(ours, '/api/v1/users') },
  ];
  return asked
    .filter(({ wanted, got }) => got !== wanted)
    .map(({ what, wanted, got }) => `${what} was answered with ${got} and not with ${wanted}`);
};

const refusedWithinMs = 10_000;

/** Who is let in at the MQTT port as the node, and must not be, in words. @throws the reason of `stop`. */
export const strangerProblems = async (url: string, nodeId: string, stop: AbortSignal): Promise<readonly string[]> => {
  const strangers = [
    { what: 'without a key', signIn: {} },
    { what: 'with a wrong key', signIn: { username: nodeId, password: '0'.repeat(64) } },
  ];
  const admitted = await Promise.all(strangers.map(({ signIn }) => isAdmitted(url, { clientId: nodeId, ...signIn })));
  stop.throwIfAborted();
  return strangers.flatMap(({ what }, index) =>
    admitted[index] === true ? [`${nodeId} was let in ${what} at ${url}`] : [],
  );
};

const isAdmitted = (url: string, options: mqtt.IClientOptions): Promise<boolean> =>
  new Promise((resolve) => {
    const client = mqtt.connect(url, { ...options, reconnectPeriod: 0, connectTimeout: refusedWithinMs });
    const settle = (isIn: boolean): void => {
      resolve(isIn);
      client.end(true);
    };
    client.once('connect', () => settle(true));
    client.on('error', () => settle(false));
    client.once('close', () => settle(false));
  });
