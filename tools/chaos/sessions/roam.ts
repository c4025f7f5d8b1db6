/** What a client with a kept session does all day: it comes to one bridge or the other, stays, goes or is cut off, and comes back. */
import { setTimeout as sleep } from 'node:timers/promises';
import { between, oneOf } from '../numbers.ts';
import type { At, Connection, KeptClient } from './kept-client.ts';

/** How long it stays at most, and stays away. */
const stayMsMax = 5_000;
const awayMsMax = 2_500;
const againMs = 200;

export type Roaming = {
  /** `undefined` while it is away. */
  connection(): Connection | undefined;
  /** Comes back to one of the bridges, and stays there whatever happens. */
  settleDown(): void;
  /** Goes for good. */
  end(): Promise<void>;
};

export const roam = (client: KeptClient, replicas: readonly At[]): Roaming => {
  const ending = new AbortController();
  const { numbers } = client;
  let current: Connection | undefined;
  let wakeUp = new AbortController();
  /** For so long, unless something calls. */
  const wait = async (ms: number): Promise<void> => {
    const signal = AbortSignal.any([ending.signal, wakeUp.signal]);
    await sleep(ms, undefined, { signal }).catch(() => undefined);
  };
  const stay = async (connection: Connection): Promise<void> => {
    current = connection;
    await Promise.race([connection.closed, wait(client.calm ? foreverMs : between(numbers, 100, stayMsMax))]);
    if (client.calm && !ending.signal.aborted) await Promise.race([connection.closed, wait(foreverMs)]);
    current = undefined;
  };
  const goOn = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      const connection = await client.connect(oneOf(numbers, replicas));
      if (connection === undefined) {
        await sleep(againMs);
        continue;
      }
      await stay(connection);
      const how = client.calm ? 0 : numbers();
      if (how < 0.4) connection.leave();
      else if (how < 0.8) connection.kill();
      else {
        // At once at another, which takes the session away from the one that does not know yet.
        connection.forsake();
        setTimeout(() => connection.kill(), awayMsMax);
        continue;
      }
      if (!client.calm && numbers() < 0.6) await wait(between(numbers, 0, awayMsMax));
    }
  };
  const going = goOn();
  return {
    connection: () => current,
    settleDown: () => {
      client.calm = true;
      wakeUp.abort();
      wakeUp = new AbortController();
    },
    end: async () => {
      ending.abort();
      await going;
    },
  };
};

const foreverMs = 2 ** 31 - 1;
