/** Plays a script to a server, and writes down what it answers. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type RawClient, rawTcp } from '../raw-client.ts';
import { answerOf, type Numbering } from './answer.ts';
import { answer, pingreq } from './bytes.ts';
import type { Difference, Hears, Script } from './script.ts';

/** What was heard at each step that hears something, and in the end what nobody expected. */
export type Transcript = readonly (readonly string[])[];

/** What a server should have answered. */
export const expectedOf = ({ steps }: Script, by: Difference['by']): Transcript => [
  ...steps.filter((step) => step.does === 'hear').map((step) => answersOf(step, by).toSorted()),
  [],
];

const answersOf = ({ answers, differences }: Hears, by: Difference['by']): readonly string[] =>
  differences.find((difference) => difference.by === by)?.answers ?? answers;

/** `by` says how many answers are waited for. One that does not come is missed for a while, and then is not there. */
export const play = async ({ steps }: Script, port: number, by: Difference['by']): Promise<Transcript> => {
  const clients = new Map<string, Client>();
  const heard: (readonly string[])[] = [];
  const client = (name: string): Client => {
    const known = clients.get(name) ?? clientAt(port);
    clients.set(name, known);
    return known;
  };
  for (const step of steps) {
    if (step.does === 'send') client(step.client).send(step.bytes);
    else if (step.does === 'acknowledge') client(step.client).acknowledge(step.type);
    else if (step.does === 'cut') await client(step.client).cut();
    else heard.push((await client(step.client).hear(answersOf(step, by).length)).toSorted());
  }
  const surplus: string[] = [];
  for (const [name, { rest }] of clients) surplus.push(...(await rest()).map((text) => `${name}: ${text}`));
  return [...heard, surplus];
};

type Client = {
  send(bytes: Uint8Array): void;
  acknowledge(type: number): void;
  cut(): Promise<void>;
  hear(count: number): Promise<readonly string[]>;
  /** What is left to hear, if anything; its connection is broken off then. */
  rest(): Promise<readonly string[]>;
};

const clientAt = (port: number): Client => {
  const numbering: Numbering = new Map();
  let connection: RawClient | undefined;
  let admitted = false;
  let lastId = 0;

  const open = (): RawClient => {
    connection ??= rawTcp(port);
    return connection;
  };
  const next = async (raw: RawClient): Promise<string> => {
    try {
      const packet = await raw.next();
      if (packet.cmd === 'connack') admitted = packet.returnCode === 0;
      if (packet.cmd === 'publish' || packet.cmd === 'pubrel') lastId = packet.messageId ?? 0;
      return answerOf(packet, numbering);
    } catch {
      connection = undefined;
      admitted = false;
      return 'closed';
    }
  };
  const hear = async (count: number): Promise<readonly string[]> => {
    const heard: string[] = [];
    const givenUp = new AbortController();
    const late = sleep(missedAfterMs, 'nothing more', { signal: givenUp.signal }).catch(() => 'nothing more');
    while (heard.length < count && heard.at(-1) !== 'nothing more') {
      heard.push(await Promise.race([next(open()), late]));
    }
    givenUp.abort();
    return heard;
  };

  return {
    send: (bytes) => open().send(bytes),
    acknowledge: (type) => open().send(answer(type, lastId)),
    hear,
    cut: async () => {
      const raw = open();
      connection = undefined;
      admitted = false;
      raw.kill();
      await raw.closed;
    },
    rest: async () => {
      if (connection === undefined) return [];
      const raw = connection;
      const surplus: string[] = [];
      // A server may do what is left to do between two of them.
      for (let ping = 0; admitted && ping < pings; ping += 1) {
        raw.send(pingreq);
        for (let text = ''; text !== 'pingresp' && text !== 'closed' && text !== 'nothing more'; ) {
          [text = 'nothing more'] = await hear(1);
          if (text !== 'pingresp') surplus.push(text);
        }
      }
      raw.kill();
      await raw.closed;
      return surplus;
    },
  };
};

const missedAfterMs = 3000;
const pings = 3;
