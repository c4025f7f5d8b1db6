/** Sessions as rows in memory, and what each call of the port makes of them. */
import type {
  AdoptedSession,
  KeptArrival,
  KeptMessage,
  KeptSubscription,
  Leave,
  SessionRef,
  TakenSession,
  TakeSession,
} from '../sessions/session-store.ts';

export type SessionRow = {
  readonly clientId: string;
  readonly epoch: number;
  /** `undefined`: its server has given it up. */
  readonly owner: string | undefined;
  readonly expiryMs: number;
  /** `undefined`: connected. */
  readonly away: { readonly sinceMs: number; readonly endsAtMs: number } | undefined;
  /** Messages up to it may have reached the client; Infinity while nobody knows. */
  readonly sentNumber: number;
  readonly will: { readonly body: Uint8Array; readonly delayMs: number; readonly dueAtMs: number } | undefined;
  readonly subscriptions: Map<string, KeptSubscription>;
  readonly waiting: Map<number, Omit<KeptMessage, 'sent'>>;
  readonly arrivals: Map<number, KeptArrival>;
};

type Contents = Pick<SessionRow, 'subscriptions' | 'waiting' | 'arrivals'>;

const nothing = (): Contents => ({ subscriptions: new Map(), waiting: new Map(), arrivals: new Map() });

export const refOf = ({ clientId, epoch }: SessionRow): SessionRef => ({ clientId, epoch });

const isOver = ({ expiryMs, away }: SessionRow, nowMs: number): boolean =>
  away === undefined ? expiryMs === 0 : away.endsAtMs <= nowMs;

export type Taker = { readonly owner: string; readonly epoch: number; readonly nowMs: number };

/** The row of a session that is taken, and whether it goes on with what `before` held. */
export const takenRow = (asked: TakeSession, before: SessionRow | undefined, taker: Taker) => {
  const present = before !== undefined && !asked.clean && !isOver(before, taker.nowMs);
  const { clientId, expiryMs, will } = asked;
  const row: SessionRow = {
    ...{ clientId, epoch: taker.epoch, owner: taker.owner, expiryMs },
    ...{ away: undefined, sentNumber: Number.POSITIVE_INFINITY },
    will: will && { ...will, dueAtMs: Number.POSITIVE_INFINITY },
    ...(present ? contentsOf(before) : nothing()),
  };
  const sentNumber = before?.sentNumber ?? 0;
  const answer: TakenSession = {
    ...refOf(row),
    present,
    subscriptions: [...row.subscriptions.values()],
    waiting: inOrder(row).map((message) => ({ ...message, sent: message.number <= sentNumber })),
    arrivals: [...row.arrivals.values()],
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
export const leftRow = (row: SessionRow, leave: Leave): SessionRow | undefined => {
  const { atMs, expiryMs, sentNumber, willDueAtMs } = leave;
  const will = row.will !== undefined && willDueAtMs !== undefined ? { ...row.will, dueAtMs: willDueAtMs } : undefined;
  const away = { sinceMs: atMs, endsAtMs: atMs + expiryMs };
  return whatIsKept({ ...row, expiryMs, sentNumber, will, away }, atMs);
};

/** Of what is over only the will is kept, until it is published. */
const whatIsKept = (row: SessionRow, nowMs: number): SessionRow | undefined => {
  if (!isOver(row, nowMs)) return row;
  return row.will === undefined ? undefined : { ...row, expiryMs: 0, ...nothing() };
};

export const withoutWill = (row: SessionRow): SessionRow | undefined =>
  row.away !== undefined && row.expiryMs === 0 ? undefined : { ...row, will: undefined };

/** `undefined`: the session is over. */
export const adoptedRow = (row: SessionRow, taker: Taker, graceMs: number): SessionRow | undefined => {
  const { nowMs, owner, epoch } = taker;
  const lastNumber = lastOf(row);
  const sentNumber = Math.min(row.sentNumber, lastNumber);
  if (row.away !== undefined) return whatIsKept({ ...row, owner, epoch, sentNumber }, nowMs);
  const away = { sinceMs: nowMs, endsAtMs: nowMs + row.expiryMs };
  const will = row.will && {
    ...row.will,
    dueAtMs: Math.max(nowMs + graceMs, Math.min(nowMs + row.will.delayMs, away.endsAtMs)),
  };
  return whatIsKept({ ...row, owner, epoch, sentNumber, away, will }, nowMs);
};

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
    will: row.will && { body: row.will.body, dueAtMs: row.will.dueAtMs },
  };
};

/** Those that end now: their time is over, or too many are away and these the longest. */
export const expiredRows = (rows: Iterable<SessionRow>, nowMs: number, sessionsMax: number): readonly SessionRow[] => {
  const ready = [...rows].filter(({ away, will }) => away !== undefined && will === undefined);
  const kept = ready
    .filter((row) => !isOver(row, nowMs))
    .toSorted((a, b) => (b.away?.sinceMs ?? 0) - (a.away?.sinceMs ?? 0))
    .slice(0, sessionsMax);
  const stays = new Set(kept);
  return ready.filter((row) => !stays.has(row));
};
