/** Commands for Mosquitto's dynamic-security plugin, which takes them as messages and answers with messages. */
import { randomUUID } from 'node:crypto';
import { type BrokerUrl, type DialTls, dial } from '../connector/dial.ts';
import type { Credentials } from '../connector/handshake.ts';

const topic = '$CONTROL/dynamic-security/v1';

export type DynamicSecurityParts = {
  readonly url: BrokerUrl;
  readonly tls: DialTls;
  /** Of a user who may administer the plugin. */
  readonly credentials: Credentials;
  readonly clientId: string;
  /** For each step: to connect, and for each answer. */
  readonly timeoutMs: number;
};

/** As the plugin takes it: its name, and what belongs to it. */
export type DynamicSecurityCommand = object & { readonly command: string };

export type DynamicSecurityAnswer = {
  readonly command: string;
  /** Why it was not carried out, in the plugin's words. */
  readonly error?: string;
  readonly data?: unknown;
};

export type DynamicSecurity = {
  /**
   * Carried out in their order, by one message; one answer for each. One that fails does not keep the others.
   * @throws {NoDynamicSecurity} when there is no answer in time or the connection ends; what was done then is not known.
   */
  run(commands: readonly DynamicSecurityCommand[]): Promise<readonly DynamicSecurityAnswer[]>;
  /** Whether the connection is still there, as far as is known. */
  isOpen(): boolean;
  close(): Promise<void>;
};

export class NoDynamicSecurity extends Error {
  override readonly name = 'NoDynamicSecurity';
}

/** @throws {NoDynamicSecurity} when the broker is away, refuses the user, or does not let it read answers. */
export const dynamicSecurity = async (parts: DynamicSecurityParts): Promise<DynamicSecurity> => {
  const { url, tls, credentials, clientId, timeoutMs } = parts;
  const { MqttClient: Client } = await import('mqtt');
  const client = new Client(() => dial(url, tls), {
    ...{ clientId, protocolId: 'MQTT', protocolVersion: 5, clean: true, reconnectPeriod: 0 },
    ...{ connectTimeout: timeoutMs, username: credentials.username },
    ...(credentials.password !== undefined && { password: credentials.password }),
  });
  let why = 'the connection was closed';
  client.on('error', (error) => {
    why = error.message;
  });
  const ended = new Promise<never>((_, reject) => {
    client.on('close', () => reject(new NoDynamicSecurity(`the broker's dynamic security cannot be reached: ${why}`)));
  });
  ended.catch(() => undefined); // Heard by those who wait for an answer.
  const waiting = new Map<string, (answers: readonly DynamicSecurityAnswer[]) => void>();
  client.on('message', (_topic, payload) => {
    const answers = answersIn(payload);
    waiting.get(answers[0]?.correlationData ?? '')?.(answers);
  });
  const inTime = async <T>(what: string, answer: Promise<T>): Promise<T> => {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => late.reject(new NoDynamicSecurity(what)), timeoutMs);
    return Promise.race([answer, ended, late.promise]).finally(() => clearTimeout(timer));
  };
  const close = (): Promise<void> => new Promise((resolve) => client.end(true, () => resolve()));
  try {
    await inTime('the broker did not let us in', new Promise((resolve) => client.once('connect', resolve)));
    await inTime('the broker did not answer a SUBSCRIBE', client.subscribeAsync(`${topic}/response`, { qos: 1 }));
  } catch (error) {
    await close();
    if (error instanceof NoDynamicSecurity) throw error;
    throw new NoDynamicSecurity('the broker does not let us read answers of its dynamic security', { cause: error });
  }
  return {
    run: async (commands) => {
      if (commands.length === 0) return [];
      const correlationData = randomUUID();
      const answered = new Promise<readonly DynamicSecurityAnswer[]>((resolve) => {
        waiting.set(correlationData, resolve);
      });
      const bytes = JSON.stringify({ commands: commands.map((one) => ({ ...one, correlationData })) });
      const sent = client.publishAsync(topic, bytes, { qos: 1 }).then(
        () => answered,
        (cause: unknown) => {
          throw new NoDynamicSecurity('the broker took no command for its dynamic security', { cause });
        },
      );
      try {
        return await inTime('no answer: is the plugin loaded, and may this user administer it?', sent);
      } finally {
        waiting.delete(correlationData);
      }
    },
    isOpen: () => client.connected,
    close,
  };
};

type Correlated = DynamicSecurityAnswer & { readonly correlationData?: string };

/** Nobody but the plugin can publish there, so what it says is taken as it is documented. */
const answersIn = (payload: Uint8Array): readonly Correlated[] =>
  (JSON.parse(new TextDecoder().decode(payload)) as { readonly responses: readonly Correlated[] }).responses;
