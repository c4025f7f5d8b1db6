/** Sessions in memory, for tests: one place, seen by as many servers as a test pretends there are. */
import { randomUUID } from 'node:crypto';
import type {
  AdoptedSession,
  NewArrival,
  NewMessage,
  RetainedMessage,
  SessionNews,
  SessionRef,
  SessionStore,
  TakenSession,
  Written,
} from '../sessions/session-store.ts';
import { type MemorySessionQueue, memorySessionQueue } from './memory-session-queue.ts';
import {
  adoptedOf,
  adoptedRow,
  expiredRows,
  leftRow,
  refOf,
  type SessionRow,
  takenRow,
  withoutWill,
} from './memory-session-rows.ts';

export type MemorySessions = {
  /** The place as one more server sees it; the owner's name is made up unless it is given. */
  open(owner?: string): SessionStore;
  /** The owner is gone as by `kill -9`: what it asked for and was not answered is never done, and others may adopt. */
  kill(owner: string): void;
  /** Out of reach of this owner, or of all: writes wait, what answers with data rejects with TransientFailure. */
  cut(owner?: string): void;
  heal(owner?: string): void;
};

export type MemorySessionsParts = {
  /** Waited for before each operation of a server: a simulation decides with it who is next. */
  readonly turn?: () => Promise<void>;
};

export const memorySessions = ({ turn = async () => undefined }: MemorySessionsParts = {}): MemorySessions => {
  const place: Place = { rows: new Map(), retained: new Map(), servers: new Map(), lastEpoch: 0 };
  const chosen = (owner: string | undefined): readonly Server[] =>
    [...place.servers].filter(([name]) => owner === undefined || name === owner).map(([, server]) => server);
  return {
    open: (owner = randomUUID()) => {
      if (place.servers.has(owner)) throw new Error(`${owner} is somebody's already`);
      const server = { owner, queue: memorySessionQueue(turn), listeners: new Set<(news: SessionNews) => void>() };
      place.servers.set(owner, server);
      return storeOf(place, server);
    },
    kill: (owner) => {
      for (const { queue, listeners } of chosen(owner)) {
        queue.kill();
        listeners.clear();
      }
      place.servers.delete(owner);
    },
    cut: (owner) => {
      for (const { queue } of chosen(owner)) queue.cut();
    },
    heal: (owner) => {
      for (const server of chosen(owner)) {
        const wasCut = server.queue.isCut();
        server.queue.heal();
        if (wasCut) tell(server, { news: 'gap' });
      }
    },
  };
};

type Server = {
  readonly owner: string;
  readonly queue: MemorySessionQueue;
  readonly listeners: Set<(news: SessionNews) => void>;
};

type Place = {
  readonly rows: Map<string, SessionRow>;
  readonly retained: Map<string, RetainedMessage>;
  /** Those that are there. */
  readonly servers: Map<string, Server>;
  lastEpoch: number;
};

const tell = ({ queue, listeners }: Server, news: SessionNews): void => {
  if (!queue.isCut()) for (const listener of [...listeners]) listener(news);
};

const storeOf = (place: Place, self: Server): SessionStore => {
  const { rows, retained, servers } = place;
  const { owner, queue } = self;
  const next = (nowMs: number) => ({ owner, nowMs, epoch: ++place.lastEpoch });
  const put = (clientId: string, row: SessionRow | undefined): void => {
    if (row === undefined) rows.delete(clientId);
    else rows.set(clientId, row);
  };
  const tellOwnerOf = (row: SessionRow | undefined): void => {
    const server = row === undefined || row.owner === owner ? undefined : servers.get(row.owner);
    if (row && server) tell(server, { news: 'lost', session: refOf(row) });
  };
  const has = ({ clientId, epoch }: SessionRef): boolean => {
    const row = rows.get(clientId);
    return row?.epoch === epoch && row.owner === owner;
  };
  const change = (session: SessionRef, work: (row: SessionRow) => void): Written => {
    const row = rows.get(session.clientId);
    if (row?.epoch !== session.epoch) return 'lost';
    work(row);
    return 'written';
  };
  const write = (session: SessionRef, work: (row: SessionRow) => void): Promise<Written> =>
    queue.write(() => change(session, work));
  const take: SessionStore['take'] = (asked, nowMs) =>
    queue.ask((): TakenSession => {
      const before = rows.get(asked.clientId);
      const { row, answer } = takenRow(asked, before, next(nowMs));
      rows.set(row.clientId, row);
      tellOwnerOf(before);
      return answer;
    });
  const adopt: SessionStore['adopt'] = (nowMs, graceMs) =>
    queue.ask(() => {
      const sessions: AdoptedSession[] = [];
      const ended: string[] = [];
      for (const row of [...rows.values()].filter(({ owner: its }) => !servers.has(its))) {
        const adopted = adoptedRow(row, next(nowMs), graceMs);
        put(row.clientId, adopted);
        if (adopted === undefined) ended.push(row.clientId);
        else sessions.push(adoptedOf(adopted));
      }
      return { sessions, ended };
    });
  const expire: SessionStore['expire'] = (nowMs, sessionsMax) =>
    queue.ask(() => {
      for (const { topic, expiresAtMs = Number.POSITIVE_INFINITY } of [...retained.values()])
        if (expiresAtMs <= nowMs) retained.delete(topic);
      const over = expiredRows(rows.values(), nowMs, sessionsMax);
      for (const row of over) {
        rows.delete(row.clientId);
        tellOwnerOf(row);
      }
      return over.map(refOf);
    });
  return {
    owner,
    take,
    adopt,
    expire,
    ...writesOf({ queue, change, write, put }),
    check: (sessions) => queue.ask(() => sessions.filter((session) => !has(session))),
    retain: (topic, message) =>
      queue.write(() => {
        const kept = message && { topic, ...message };
        if (kept) retained.set(topic, kept);
        else retained.delete(topic);
        for (const server of servers.values())
          if (server !== self) tell(server, { news: 'retained', topic, message: kept });
      }),
    retained: () => queue.ask(() => [...retained.values()]),
    onNews: (listener) => {
      self.listeners.add(listener);
      return () => void self.listeners.delete(listener);
    },
    close: async () => {
      await queue.idle();
      self.listeners.clear();
      queue.kill();
      servers.delete(owner);
    },
  };
};

type Writing = {
  readonly queue: MemorySessionQueue;
  readonly change: (session: SessionRef, work: (row: SessionRow) => void) => Written;
  readonly write: (session: SessionRef, work: (row: SessionRow) => void) => Promise<Written>;
  readonly put: (clientId: string, row: SessionRow | undefined) => void;
};

type Writes = Omit<
  SessionStore,
  'owner' | 'take' | 'check' | 'adopt' | 'expire' | 'retain' | 'retained' | 'onNews' | 'close'
>;

const writesOf = ({ queue, change, write, put }: Writing): Writes => ({
  subscribe: (session, subscriptions) =>
    write(session, (row) => {
      for (const one of subscriptions) row.subscriptions.set(one.filter, one);
    }),
  unsubscribe: (session, filters) =>
    write(session, (row) => {
      for (const filter of filters) row.subscriptions.delete(filter);
    }),
  enqueue: (session, message) =>
    queue.write(() => change(session, keep(message)), keyOf(session, message.number), 'written'),
  release: (session, number) =>
    write(session, ({ waiting }) => {
      const message = waiting.get(number);
      if (message !== undefined) waiting.set(number, { ...message, released: true });
    }),
  remove: async (session, number) => {
    if (queue.cancel(keyOf(session, number))) return 'written';
    return write(session, ({ waiting }) => void waiting.delete(number));
  },
  arrive: (session, arrival) => write(session, ({ arrivals }) => noteArrival(arrivals, arrival, false)),
  passOn: (session, arrival, handovers) =>
    queue.write(() => {
      if (change(session, ({ arrivals }) => noteArrival(arrivals, arrival, true)) === 'lost') return 'lost';
      return handovers.map(({ session: to, message }) => change(to, keep(message)));
    }),
  complete: (session, packetId) => write(session, ({ arrivals }) => void arrivals.delete(packetId)),
  leave: (session, leave) => write(session, (row) => put(row.clientId, leftRow(row, leave))),
  forgetWill: (session) => write(session, (row) => put(row.clientId, withoutWill(row))),
  end: (session) => write(session, (row) => put(row.clientId, undefined)),
});

const keep =
  (message: NewMessage) =>
  ({ waiting }: SessionRow): void =>
    void waiting.set(message.number, { ...message, released: false });

const noteArrival = (arrivals: SessionRow['arrivals'], arrival: NewArrival, passedOn: boolean): void =>
  void arrivals.set(arrival.packetId, { ...arrival, passedOn });

const keyOf = ({ clientId, epoch }: SessionRef, number: number): string => `${number} ${epoch} ${clientId}`;
