/** Which bridge had the session of a client when: a message goes to the sessions of the bridge at which it is published. */
import { setTimeout as sleep } from 'node:timers/promises';
import { query } from '@plenum/postgres';
import { TransientFailure } from '@plenum/runtime';
import type { Site } from '../site/site.ts';
import type { KeptClient } from './kept-client.ts';

/** One giving of a session to a server, as far as it was seen. */
export type Owned = {
  readonly epoch: number;
  readonly mark: string;
  /** When it was not there yet, when it was there at the latest, and when it still was. */
  readonly afterMs: number;
  readonly fromMs: number;
  untilMs: number;
};

export type Owners = {
  /** Whether a bridge had the session all the time from one moment to another, beyond doubt. */
  had(bridge: string, clientId: string, fromMs: number, toMs: number): boolean;
  /** Who had it when, and where its client was let in. */
  inWords(clientId: string): string;
  stop(): Promise<void>;
};

const lookEveryMs = 150;
/**
 * From the moment at which the database says so to that at which the bridge surely knows, when its client was not let in there since:
 * then it has adopted the session, or will, for its call was cut off.
 */
const knowsAfterMs = 10_000;

type Row = { readonly client_id: string; readonly epoch: string; readonly owner: string };

export const watchOwners = ({ database, replicas }: Site, clients: readonly KeptClient[]): Owners => {
  const clientIds = clients.map(({ clientId }) => clientId);
  const owned = new Map<string, Owned[]>();
  const stopping = new AbortController();
  const note = (rows: readonly Row[], beganMs: number, endedMs: number): void => {
    for (const { client_id, epoch, owner: mark } of rows) {
      const all = owned.getOrInsertComputed(client_id, () => []);
      const last = all.at(-1);
      if (last?.epoch === Number(epoch)) last.untilMs = beganMs;
      else all.push({ epoch: Number(epoch), mark, afterMs: last?.untilMs ?? 0, fromMs: endedMs, untilMs: beganMs });
    }
  };
  const look = async (): Promise<void> => {
    const beganMs = performance.now();
    try {
      note(await query<Row>(database.pool, ownersQuery, [clientIds]), beganMs, performance.now());
    } catch (error) {
      if (!(error instanceof TransientFailure)) throw error;
    }
  };
  const looking = (async () => {
    while (!stopping.signal.aborted) {
      await look();
      await sleep(lookEveryMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
    await look();
  })();
  return {
    had: (bridge, clientId, fromMs, toMs) => {
      const { admitted = [] } = clients.find((client) => client.clientId === clientId) ?? {};
      const isAdmitted = ({ afterMs }: Owned): boolean =>
        admitted.some(({ replica, atMs }) => replica === bridge && afterMs <= atMs && atMs <= fromMs);
      return (owned.get(clientId) ?? []).some(
        (one) =>
          one.fromMs + (isAdmitted(one) ? 0 : knowsAfterMs) <= fromMs &&
          toMs <= one.untilMs &&
          replicas.some(({ name, marks }) => name === bridge && marks.has(one.mark)),
      );
    },
    inWords: (clientId) =>
      inWords(
        owned.get(clientId) ?? [],
        clients.find((client) => client.clientId === clientId),
      ),
    stop: async () => {
      stopping.abort();
      await looking;
    },
  };
};

const inWords = (owned: readonly Owned[], client: KeptClient | undefined): string => {
  const had = owned.map(
    ({ epoch, mark, fromMs, untilMs }) => `${epoch} of ${mark} ${Math.round(fromMs)} to ${Math.round(untilMs)}`,
  );
  const admitted = client?.admitted.map(({ replica, atMs }) => `${replica} ${Math.round(atMs)}`) ?? [];
  return `had: ${had.join(', ')}; admitted: ${admitted.join(', ')}`;
};

const ownersQuery = `
  select client_id, epoch, owner from plenum_session.session where client_id = any($1) and owner is not null`;
