/**
 * A client of the API that commands nodes all the time: one, several, all; for long and for moments; some it takes back. The nodes are
 * processes of Python that come to one bridge and the other, die and are started again.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { query } from '@plenum/postgres';
import { TransientFailure } from '@plenum/runtime';
import { type Numbers, seededNumbers } from '@plenum/simulation';
import { type Asking, askingAt, isDone } from '../asking.ts';
import { between, oneOf } from '../numbers.ts';
import type { Site } from '../site/site.ts';
import { type CommandDevices, startDevices } from './devices.ts';
import { enrolNodes, sleeper, zones } from './enrol-nodes.ts';

export type CommandsLoad = Pick<Asking, 'repeats' | 'unexpected' | 'answered'> & {
  /** Settles when the nodes are enrolled and their processes run. */
  readonly begun: Promise<void>;
  /** Ids of those that were acknowledged. */
  asked(): readonly string[];
  /** Ids of those whose cancelling was acknowledged. */
  cancelled(): readonly string[];
  /** Asks for no more, and settles when all have ended, or have not within a while. */
  quiet(): Promise<void>;
  readonly devices: Promise<CommandDevices>;
  /** The devices' processes end. */
  end(): Promise<void>;
};

const pauseMsMax = 300;
const clients = 2;
const turnsMin = 12;
const deadlyTurn = 3;

/** What a node is to do with a command; more often what occurs more often. */
const acts = [
  ...(['quick', 'quick', 'quick', 'quick', 'quick', 'quick', 'slow', 'slow', 'twice', 'error'] as const),
  ...(['refuse', 'never', 'ignore', 'die'] as const),
] as const;
const groupActs = acts.filter((act) => act !== 'die');
/** Seconds. */
const expiries = [2, 5, 10, 20] as const;
const patiences = [1, 2, 4] as const;

type Client = {
  readonly asking: Asking;
  readonly asked: string[];
  readonly cancelled: string[];
  readonly nodeIds: readonly string[];
};

export const startCommands = (site: Site, seed: number, python: string): CommandsLoad => {
  const stopping = new AbortController();
  const asking = askingAt(site);
  const [asked, cancelled]: [string[], string[]] = [[], []];
  const devices = enrolNodes(asking, seed).then((nodes) => startDevices(site, nodes, python));
  const going = devices.then(async ({ nodeIds }) => {
    const client: Client = { asking, asked, cancelled, nodeIds };
    await Promise.all(
      Array.from({ length: clients }, (_, index) =>
        commandOn(client, seededNumbers(seed * 10 + index + 3), stopping.signal),
      ),
    );
  });
  going.catch(() => undefined); // Awaited at the end.
  return {
    ...asking,
    devices,
    begun: devices.then(() => undefined),
    asked: () => asked,
    cancelled: () => cancelled,
    quiet: async () => {
      stopping.abort();
      await going.catch((error: unknown) => asking.complain(`the client of commands ended: ${String(error)}`));
      await (await devices).settleDown();
      await untilNoneOpen(site);
    },
    end: async () => {
      stopping.abort();
      asking.abandon();
      await going.catch(() => undefined);
      const started = await devices.catch(() => undefined);
      await started?.stop();
    },
  };
};

const commandOn = async (client: Client, numbers: Numbers, stop: AbortSignal): Promise<void> => {
  const { abandoned } = client.asking;
  for (let turn = 0; !abandoned.aborted && !(stop.aborted && turn >= turnsMin); turn += 1) {
    await commandOnce(client, numbers, turn);
    await sleep(between(numbers, 20, pauseMsMax), undefined, { signal: stop }).catch(() => undefined);
  }
};

/** The first turns are those that a short run must have as well. */
const commandOnce = async (
  { asking, asked, cancelled, nodeIds }: Client,
  numbers: Numbers,
  turn: number,
): Promise<void> => {
  const kind = numbers();
  const isForOne = turn === deadlyTurn || (turn > 2 && kind < 0.75);
  const act = turn === deadlyTurn ? 'die' : oneOf(numbers, isForOne ? acts : groupActs);
  const sleeps = turn < 2 || (turn !== deadlyTurn && numbers() < 0.06);
  const one = { target: sleeps ? sleeper : oneOf(numbers, nodeIds) };
  const to = turn < 2 || isForOne ? one : severalOf(numbers, nodeIds);
  const answer = await asking.ask({
    ...{ what: 'command nodes', method: 'POST', path: '/commands' },
    body: {
      ...{ ...to, command: 'chaos', parameters: { act } },
      ...{
        expires_in: turn === deadlyTurn ? Math.max(...expiries) : oneOf(numbers, expiries),
        answer_within: oneOf(numbers, patiences),
      },
    },
  });
  if (!isDone(answer)) return;
  const id = String(answer.body.id);
  asked.push(id);
  if (turn !== 1 && numbers() > 0.12) return;
  const taken = await asking.ask({ what: 'take a command back', method: 'POST', path: `/commands/${id}/cancel` });
  if (isDone(taken)) cancelled.push(id);
};

const severalOf = (numbers: Numbers, nodeIds: readonly string[]): object => {
  const kind = numbers();
  if (kind < 0.25) return { target: 'all' };
  if (kind < 0.6) return { target: `zone:${oneOf(numbers, zones)}` };
  return { nodes: [...new Set(Array.from({ length: between(numbers, 1, 5) }, () => oneOf(numbers, nodeIds)))] };
};

/** Longer than any of them lasts, with what is tried again. */
const endedMsMax = 60_000;
const lookEveryMs = 100;

const untilNoneOpen = async ({ database }: Site): Promise<void> => {
  for (const fromMs = performance.now(); performance.now() - fromMs < endedMsMax; await sleep(lookEveryMs)) {
    try {
      const [row] = await query<{ readonly open: number }>(
        database.pool,
        "select count(*)::int as open from plenum_device.open_command where state <> 'ended'",
      );
      if (row?.open === 0) return;
    } catch (error) {
      if (!(error instanceof TransientFailure)) throw error;
    }
  }
};
