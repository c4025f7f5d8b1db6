/** What the contract tests of session stores are written with. */
import type { TestContext } from 'node:test';
import type {
  KeptSubscription,
  NewArrival,
  NewMessage,
  SessionNews,
  SessionRef,
  SessionStore,
  TakenSession,
  TakeSession,
} from '../sessions/session-store.ts';
import { lookout } from './lookout.ts';

export type OpenedSessionServer = {
  readonly store: SessionStore;
  /** As by `kill -9`. Settles when the others see that it is gone. */
  kill(): Promise<void>;
};

/** Called once per test: a place that nobody has used. What it returns opens it for one more server, which is closed after the test. */
export type OpenSessionServers = (t: TestContext) => Promise<() => Promise<OpenedSessionServer>>;

/** When the tests play; stores have no clock of their own. */
export const nowMs = 1_750_000_000_000;
export const hourMs = 3_600_000;

const encoder = new TextEncoder();

export const bytes = (text: string): Uint8Array => encoder.encode(text);

export const text = (body: Uint8Array): string => new TextDecoder().decode(body);

export const asked = (clientId: string, more: Partial<TakeSession> = {}): TakeSession => ({
  ...{ clientId, clean: false, expiryMs: hourMs, will: undefined },
  ...more,
});

export const aMessage = (number: number, more: Partial<NewMessage> = {}): NewMessage => ({
  ...{ number, qos: 1, body: bytes(`message ${number}`), expiresAtMs: undefined },
  ...more,
});

export const aSubscription = (filter: string, subscriptionId?: number): KeptSubscription => ({
  filter,
  options: { qos: 1, noLocal: false, retainAsPublished: true, subscriptionId },
});

export const anArrival = (packetId: number): NewArrival => ({
  packetId,
  eventId: `event of ${packetId}`,
  receivedTimeUs: nowMs * 1000 + packetId,
});

export const aWill = (delayMs = 0) => ({ body: bytes('last will'), delayMs });

export const refOf = ({ clientId, epoch }: SessionRef): SessionRef => ({ clientId, epoch });

export const numbersOf = ({ waiting }: TakenSession): readonly number[] => waiting.map(({ number }) => number);

/** Puts these in and waits until they are there. */
export const enqueueAll = async (store: SessionStore, session: SessionRef, numbers: readonly number[]) =>
  Promise.all(numbers.map((number) => store.enqueue(session, aMessage(number))));

/** The session is away from now on, as a client leaves that will come back. */
export const leave = (store: SessionStore, session: SessionRef, more: Partial<Parameters<SessionStore['leave']>[1]>) =>
  store.leave(session, { atMs: nowMs, expiryMs: hourMs, sentNumber: 0, willDueAtMs: undefined, ...more });

/** What a store hears of others, as it comes. */
export const newsOf = (store: SessionStore) => {
  const heard: SessionNews[] = [];
  const { changed, until } = lookout();
  store.onNews((news) => {
    heard.push(news);
    changed();
  });
  return {
    heard,
    /** Settles with the first news for which it holds. */
    next: async (wanted: (news: SessionNews) => boolean): Promise<SessionNews | undefined> => {
      await until(() => heard.some(wanted), new Promise(() => undefined));
      return heard.find(wanted);
    },
  };
};

/** Those that the store has no more. */
export const missing = async (store: SessionStore, sessions: readonly SessionRef[]): Promise<readonly SessionRef[]> =>
  (await store.check(sessions)).map(refOf);
