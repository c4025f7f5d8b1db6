/** Plays a script to a server, and writes down what it answers. */
import { setTimeout as sleep } from 'node:timers/promises';
import { answerOf, type Listening } from './answer.ts';
import { number, packet, pingreq } from './bytes.ts';
import type { Difference, Hears, Script, Step } from './script.ts';
import { openWire, type Wire } from './wire.ts';

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
    if (step.does === 'wait') await sleep(step.ms);
    else if (step.does === 'hear') {
      heard.push((await client(step.client).hear(answersOf(step, by).length)).toSorted());
    } else await client(step.client).act(step);
  }
  const surplus: string[] = [];
  for (const [name, { rest }] of clients) surplus.push(...(await rest()).map((text) => `${name}: ${text}`));
  return [...heard, surplus];
};

type Act = Exclude<Step, { readonly does: 'hear' | 'wait' }>;

type Client = {
  act(step: Act): Promise<void>;
  hear(count: number): Promise<readonly string[]>;
  /** What is left to hear, if anything; its connection is broken off then. */
  rest(): Promise<readonly string[]>;
};

const clientAt = (port: number): Client => {
  const listening: Listening = {
    ...{ level: 4, lastId: 0, aliasMaximum: 0 },
    ...{ numbering: new Map(), aliases: new Map(), wanted: new Set() },
  };
  let wire: Wire | undefined;
  let admitted = false;

  const open = (): Wire => {
    wire ??= openWire(port);
    return wire;
  };
  const isClosed = (): void => {
    wire = undefined;
    admitted = false;
    listening.aliases.clear();
  };
  const next = async (from: Wire): Promise<string> => {
    const frame = await from.next();
    if (frame === undefined) {
      isClosed();
      return 'closed';
    }
    const text = answerOf(frame, listening);
    if (text.startsWith('connack')) admitted = /^connack (?:0|0x00)\b(?!x)/.test(text);
    return text;
  };
  const hear = async (count: number): Promise<readonly string[]> => {
    const heard: string[] = [];
    const givenUp = new AbortController();
    const late = sleep(missedAfterMs, 'nothing more', { signal: givenUp.signal }).catch(() => 'nothing more');
    while (heard.length < count && !isLast(heard.at(-1))) {
      heard.push(await Promise.race([next(open()), late]));
    }
    givenUp.abort();
    return heard;
  };
  const cut = async (): Promise<void> => {
    const cutting = open();
    isClosed();
    await cutting.kill();
  };

  return {
    act: async (step) => {
      if (step.does === 'send') open().send(step.bytes);
      else if (step.does === 'acknowledge') {
        const id = step.of === undefined ? listening.lastId : idOf(listening, step.of);
        open().send(packet(step.type, number(id), ...step.rest));
      } else if (step.does === 'look') for (const name of step.properties) listening.wanted.add(name);
      else if (step.does === 'allow-aliases') listening.aliasMaximum = step.maximum;
      else await cut();
    },
    hear,
    rest: async () => {
      if (wire === undefined) return [];
      const raw = wire;
      const surplus: string[] = [];
      // A server may do what is left to do between two of them.
      for (let ping = 0; admitted && ping < pings; ping += 1) {
        raw.send(pingreq);
        for (let text = ''; text !== 'pingresp' && !isLast(text); ) {
          [text = 'nothing more'] = await hear(1);
          if (text !== 'pingresp') surplus.push(text);
        }
      }
      await raw.kill();
      return surplus;
    },
  };
};

const isLast = (text: string | undefined): boolean => text === 'closed' || text === 'nothing more';

const idOf = ({ numbering }: Listening, wanted: number): number =>
  [...numbering].find(([, known]) => known === wanted)?.[0] ?? 0;

/** Mosquitto looks for clients that say nothing every five seconds. */
const missedAfterMs = 10_000;
const pings = 3;
