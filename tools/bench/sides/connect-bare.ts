/** The bare side of the connector: the same client, acknowledging at once and keeping nothing; decoding or not. */
import { type MqttConnector, mqttConnector } from '@plenum/mqtt';
import type { Ingest, Settled } from '@plenum/runtime';
import { milestones } from '../machine/milestones.ts';
import { loudLogger } from '../machine/place.ts';
import { serve } from '../machine/serve.ts';
import { alwaysGranted } from './always-granted.ts';
import { decoder } from './decoder.ts';

export type Start = {
  readonly broker: { readonly port: number; readonly clientId: string };
  readonly decodes: boolean;
};

const progress = milestones();
let connector: MqttConnector | undefined;

/** Settles when the session is open. */
const start = async ({ broker: { port, clientId }, decodes }: Start): Promise<void> => {
  const opened = Promise.withResolvers<void>();
  connector = mqttConnector({
    url: `mqtt://127.0.0.1:${port}`,
    clientId,
    // As the bridge subscribes unless it is set otherwise.
    filters: ['ceiling/#'],
    ingest: keepsNothing(decodes ? decoder() : () => 1),
    leases: alwaysGranted,
    clock: { nowUs: () => Date.now() * 1000 },
    logger: loudLogger,
    onState: (state) => {
      if (state === 'open') opened.resolve();
    },
  });
  await Promise.race([opened.promise, connector.failed]);
};

/** Answers at the end of the turn, since `offer` is never answered from inside. */
const keepsNothing = (look: (topic: string, payload: Uint8Array) => number): Ingest => {
  let waiting: Settled[] = [];
  const answer = (): void => {
    const answered = waiting;
    waiting = [];
    for (const settled of answered) settled('safe');
    progress.add(answered.length);
  };
  const nobodyAsks = (): never => {
    throw new Error('this keeps nothing and counts nothing');
  };
  return {
    received: () => undefined,
    offer: ({ topic, payload }, settled) => {
      look(topic, payload);
      if (waiting.length === 0) setImmediate(answer);
      waiting.push(settled);
      return true;
    },
    hasCapacity: () => true,
    onCapacity: () => undefined,
    postpone: () => false,
    readOn: () => undefined,
    drop: () => undefined,
    forget: () => undefined,
    state: () => 'flowing',
    balance: nobodyAsks,
    load: nobodyAsks,
    drain: async () => answer(),
    finished: new Promise(() => undefined),
  };
};

const finish = async (): Promise<void> => {
  await connector?.close();
};

serve({ start, finish, reached: ({ count }: { readonly count: number }) => progress.reached(count) }, finish);
