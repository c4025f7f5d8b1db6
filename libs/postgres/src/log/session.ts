/**
 * What a process is known by in its groups: a connection, and a lock on it that the server lets go of when the connection
 * ends. So what a killed process held is free at once. What a process held that is frozen, or whose machine is gone, is
 * free when its time is over, by the database's clock; it judges that by a monotonic clock read before it asked, so it
 * always thinks that its time ends earlier than the database does. A connection lost on the way is where the two may
 * disagree, for as long as the process has not heard of it and at most until its time is over: what it does meanwhile
 * meets the read-model store's fence, as does a batch that it has in hand.
 */
import { type Logger, pause, TransientFailure, untilInStepMs } from '@plenum/runtime';
import type pg from 'pg';
import type { HeldConnection } from './held-connection.ts';
import type { LogSchema } from './log-database.ts';

export type Session = {
  readonly id: number;
  /** Whether what is held by it is certainly still held. */
  isCertain(): boolean;
  /** Aborts when its connection is no more. A new connection begins a new session. */
  readonly over: AbortSignal;
  /** It was renewed by a question asked at `askedMs`, by `performance.now`. */
  renewed(askedMs: number): void;
};

export type SessionConnection = HeldConnection<Session>;

/** How long a frozen process, or one whose machine is gone, keeps its partitions. */
const sessionMs = 5_000;
/** One statement for all groups of the process; two may go wrong. Survivors hear of a killed process so soon at the latest. */
const beatEveryMs = 2_000;
const answerMsMax = 5_000;

/** For `onOpen` of a held connection. */
export const openSession = async (client: pg.PoolClient, schema: LogSchema, lost: AbortSignal): Promise<Session> => {
  // A server that crashes ends all sessions with their connections, so nothing of them has to be on its disk.
  await client.query('set synchronous_commit = off');
  let untilMs = performance.now() + sessionMs;
  const { rows } = await client.query<{ id: number }>(`select ${schema}.session_open($1) as id`, [sessionMs]);
  const [opened] = rows;
  if (opened === undefined) throw new Error('the database opened no session');
  return {
    id: opened.id,
    isCertain: () => !lost.aborted && performance.now() < untilMs,
    over: lost,
    renewed(askedMs) {
      untilMs = askedMs + sessionMs;
    },
  };
};

export type Beating = {
  readonly connection: SessionConnection;
  readonly schema: LogSchema;
  readonly logger: Logger;
};

/** One heartbeat. A session that was found to be over ends with its connection. @throws TransientFailure */
export const beat = async ({ connection, schema }: Omit<Beating, 'logger'>): Promise<void> => {
  let renew = (): void => undefined;
  const [row] = await connection.query<{ lives: boolean }>((session) => {
    const askedMs = performance.now();
    renew = () => session.renewed(askedMs);
    const text = `select ${schema}.session_beat($1, $2) as lives`;
    return { name: `${schema}_beat`, text, values: [session.id, sessionMs] };
  }, answerMsMax);
  if (row?.lives === true) renew();
  else connection.drop();
};

/** Until `stop` aborts. Whatever a heartbeat fails of, it is at worst a session that ends early. */
export const keepBeating = async (beating: Beating, stop: AbortSignal): Promise<void> => {
  while (!stop.aborted) {
    await pause(untilInStepMs(beatEveryMs), stop);
    if (stop.aborted) return;
    await beat(beating).catch((error: unknown) => {
      if (!(error instanceof TransientFailure)) beating.logger.error({ error }, 'a heartbeat failed');
    });
  }
};
