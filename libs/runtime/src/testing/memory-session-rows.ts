/** Sessions as rows in memory, and what each call of the port makes of them. */
import {
  adoptedLife,
  isSessionOver,
  type Lived,
  leftLife,
  lifeWithoutWill,
  type SessionLife,
  takenLife,
  type WillTimes,
} from '../sessions/session-life.ts';
import type {
  AdoptedSession,
  KeptArrival,
  KeptMessage,
  KeptSubscription,
  KeptWill,
  Leave,
  SessionRef,
  TakenSession,
  TakeSession,
} from '../sessions/session-store.ts';

export type SessionRow = SessionLife<KeptWill & WillTimes> & {
  readonly clientId: string;
  readonly epoch: number;
  readonly owner: string;
  readonly subscriptions: Map<string, KeptSubscription>;
  readonly waiting: Map<number, Omit<KeptMessage, 'sent'>>;
  readonly arrivals: Map<number, KeptArrival>;
};

type Contents = Pick<SessionRow, 'subscriptions' | 'waiting' | 'arrivals'>;

const nothing = (): Contents => ({ subscriptions: new Map(), waiting: new Map(), arrivals: new Map() });

export const refOf = ({ clientId, epoch }: SessionRow): SessionRef => ({ clientId, epoch });

export type Taker = { readonly owner: string; readonly epoch: number; readonly nowMs: number };

/** The row of a session that is taken, and whether it goes on with what `before` held. */
export const takenRow = (asked: TakeSession, before: SessionRow | undefined, taker: Taker) => {
  const present = before !== undefined && !asked.clean && !isSessionOver(before, taker.nowMs);
  const { clientId, expiryMs, will } = asked;
  const row: SessionRow = {
    ...takenLife(expiryMs, will && { ...will, dueAtMs: undefined }),
    ...{ clientId, epoch: taker.epoch, owner: taker.owner },
    ...(present ? contentsOf(before) : nothing()),
  };
  const sentNumber = before?.sentNumber ?? 0;
  const answer: TakenSession = {
    ...refOf(row),
    present,
    subscriptions: [...row.subscriptions.values()],
    waiting: inOrder(row).map((message) => ({ ...message, sent: message.number <= sentNumber })),
    arrivals: [...row.arrivals.values()],
    endedWill: asked.clean && before?.away !== undefined ? before.will?.body : undefined,
  };
  return { row, answer };
};

/** Maps of its own: what an old epoch writes by mistake shows. */
const contentsOf = ({ subscriptions, waiting, arrivals }: SessionRow): Contents => ({
  subscriptions: new Map(subscriptions),
  waiting: new Map(waiting),
  arrivals: new Map(arrivals),
});

const inOrder = ({ waiting }: SessionRow) => [...waiting.values()].toSorted((a, b) => a.number - b.number);

/** `undefined`: the session ends with that. */
export const leftRow = (row: SessionRow, leave: Leave): SessionRow | undefined => livedRow(row, leftLife(row, leave));

export const withoutWill = (row: SessionRow): SessionRow | undefined => livedRow(row, lifeWithoutWill(row));

export const adoptedRow = (row: SessionRow, taker: Taker, graceMs: number): SessionRow | undefined => {
  const { nowMs, owner, epoch } = taker;
  return livedRow({ ...row, owner, epoch }, adoptedLife(row, lastOf(row), { nowMs, graceMs }));
};

const livedRow = (row: SessionRow, { life, keeps }: Lived<KeptWill & WillTimes>): SessionRow | undefined =>
  keeps === 'nothing' ? undefined : { ...row, ...timesOf(life), ...(keeps === 'will' && nothing()) };

/** Without the rest of the row that it was made of. */
const timesOf = ({ expiryMs, away, sentNumber, will }: SessionLife<KeptWill & WillTimes>) => ({
  ...{ expiryMs, away, sentNumber, will },
});

const lastOf = ({ waiting }: SessionRow): number => Math.max(0, ...waiting.keys());

export const adoptedOf = (row: SessionRow): AdoptedSession => {
  const messages = [...row.waiting.values()];
  return {
    ...refOf(row),
    subscriptions: [...row.subscriptions.values()],
    lastNumber: lastOf(row),
    waitingMessages: messages.length,
    waitingBytes: messages.reduce((sum, { body }) => sum + body.length, 0),
    endsAtMs: row.away?.endsAtMs ?? Number.POSITIVE_INFINITY,
    will: row.will && { body: row.will.body, dueAtMs: row.will.dueAtMs ?? 0 },
  };
};

/** Those that end now: their time is over, or too many are away and these the longest. */
export const expiredRows = (rows: Iterable<SessionRow>, nowMs: number, sessionsMax: number): readonly SessionRow[] => {
  const ready = [...rows].filter(({ away, will }) => away !== undefined && will === undefined);
  const kept = ready
    .filter((row) => !isSessionOver(row, nowMs))
    .toSorted((a, b) => (b.away?.sinceMs ?? 0) - (a.away?.sinceMs ?? 0))
    .slice(0, sessionsMax);
  const stays = new Set(kept);
  return ready.filter((row) => !stays.has(row));
};
