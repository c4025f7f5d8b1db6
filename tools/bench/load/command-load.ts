/** Asks the API for commands to nodes of its own, and says when each of them came: from the request to the node's socket. */
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { nowMs } from '../machine/now.ts';
import { serve } from '../machine/serve.ts';
import { type CommandedNodes, commandedNodes, type NodeSignIn } from './commanded-nodes.ts';

export type Open = {
  readonly mqttPort: number;
  readonly apiUrl: string;
  readonly apiHeaders: Readonly<Record<string, string>>;
  readonly nodes: readonly NodeSignIn[];
};

export type Pace = { readonly perSecond: number; readonly seconds: number };

/** From each request on. */
export type Sent = { readonly answeredMs: readonly number[]; readonly seenMs: readonly number[] };

/** From the one request on. */
export type SentToAll = { readonly answeredMs: number; readonly firstMs: number; readonly lastMs: number };

/** What was asked for under a number: each node that it is for gets it once. */
type Asked = { readonly askedMs: number; readonly seenMs: number[]; readonly nodes: Set<string> };

const giveUpMs = 60_000;
const lookEveryMs = 5;
/** Enough for every request to go at its time, also while answers are late. */
const agent = new Agent({ keepAlive: true, maxSockets: 64 });

let way: Open | undefined;
let devices: CommandedNodes | undefined;
let numbers = 0;
const underWay = new Map<number, Asked>();

const open = async (asked: Open): Promise<void> => {
  way = asked;
  devices = await commandedNodes(asked.mqttPort, asked.nodes, (nodeId, number, atMs) => {
    const one = underWay.get(number);
    if (one?.nodes.delete(nodeId) !== true) throw new Error(`${nodeId} got command ${number}, which was not for it`);
    one.seenMs.push(atMs - one.askedMs);
  });
};

/** Open: a request goes at its time, whatever became of those before it. Moments are random, so that none suits some interval. */
const run = async ({ perSecond, seconds }: Pace): Promise<Sent> => {
  const there = opened();
  const answers: Promise<number>[] = [];
  const fromMs = performance.now();
  const ones: Asked[] = [];
  for (let dueMs = 0; dueMs < seconds * 1000; dueMs += (2_000 / perSecond) * Math.random()) {
    const waitMs = fromMs + dueMs - performance.now();
    if (waitMs > 1) await sleep(waitMs);
    const { nodeId } = there.nodes[(numbers + 1) % there.nodes.length] as NodeSignIn; // The remainder of their number.
    const { number, one } = begin([nodeId]);
    ones.push(one);
    answers.push(ask(there, { target: nodeId, number, askedMs: one.askedMs }));
  }
  const answeredMs = await Promise.all(answers);
  await allSeen();
  return { answeredMs, seenMs: ones.flatMap(({ seenMs }) => seenMs) };
};

const sendToAll = async (): Promise<SentToAll> => {
  const there = opened();
  const { number, one } = begin(there.nodes.map(({ nodeId }) => nodeId));
  const answeredMs = await ask(there, { target: 'all', number, askedMs: one.askedMs });
  await allSeen();
  return { answeredMs, firstMs: Math.min(...one.seenMs), lastMs: Math.max(...one.seenMs) };
};

const opened = (): Open => {
  if (way === undefined) throw new Error('nothing is open');
  return way;
};

const begin = (nodeIds: readonly string[]): { readonly number: number; readonly one: Asked } => {
  numbers += 1;
  const one = { askedMs: nowMs(), seenMs: [], nodes: new Set(nodeIds) };
  underWay.set(numbers, one);
  return { number: numbers, one };
};

/** Settles when every node has what it was to get. */
const allSeen = async (): Promise<void> => {
  const untilMs = performance.now() + giveUpMs;
  while (underWay.size > 0) {
    for (const [number, { nodes }] of underWay) if (nodes.size === 0) underWay.delete(number);
    if (performance.now() > untilMs) throw new Error(`${underWay.size} commands did not come within ${giveUpMs} ms`);
    await sleep(lookEveryMs);
  }
};

type Asking = { readonly target: string; readonly number: number; readonly askedMs: number };

/** How long it took until the API had taken it. @throws when it did not. */
const ask = ({ apiUrl, apiHeaders }: Open, { target, number, askedMs }: Asking): Promise<number> =>
  new Promise((resolve, reject) => {
    const body = JSON.stringify({
      target,
      command: 'bench',
      parameters: { number },
      expires_in: 300,
      answer_within: 300,
    });
    const headers = { ...apiHeaders, 'content-type': 'application/json', 'content-length': String(body.length) };
    const asking = request(`${apiUrl}/api/v1/commands`, { agent, method: 'POST', headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => {
        if (response.statusCode === 202) resolve(nowMs() - askedMs);
        else reject(new Error(`the API answered ${response.statusCode}: ${text}`));
      });
    });
    asking.on('error', reject);
    asking.end(body);
  });

serve({ open, run, sendToAll }, async () => {
  devices?.close();
  agent.destroy();
});
