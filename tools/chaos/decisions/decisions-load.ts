/** A client of the API that has things decided all the time: users whose logins clash, sessions, passwords, keys. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { domains } from '@plenum/catalogue';
import { type Traffic, trafficOf } from '@plenum/domain/testing';
import { type Numbers, seededNumbers } from '@plenum/simulation';
import { type Asking, askingAt, isDone } from '../asking.ts';
import { between, oneOf } from '../numbers.ts';
import type { Site } from '../site/site.ts';

export type DecisionsLoad = Pick<Asking, 'answered' | 'repeats' | 'unexpected'> & {
  /** Ids of the sessions that were started. */
  sessions(): readonly string[];
  /** Settles when each kind of command was asked for, and what is asked is answered. */
  stop(): Promise<void>;
  /** At once, whatever was answered. */
  abandon(): Promise<void>;
};

type User = { readonly id: string; login: string; password: string };

type Client = Pick<Asking, 'ask' | 'complain'> & { readonly noteSession: (tokenId: string) => void };

const pauseMs = 200;
const traffic = await trafficOf(domains);
/** Few, so that most are taken before long. */
const loginsMax = 40;

/** @param asking may be shared with others who have something decided. */
export const startDecisions = (
  site: Pick<Site, 'apiUrl' | 'apiHeaders'>,
  seed: number,
  asking: Asking = askingAt(site),
): DecisionsLoad => {
  const stopping = new AbortController();
  const started: string[] = [];
  const client: Client = { ...asking, noteSession: (tokenId) => void started.push(tokenId) };
  const going = decideOn(client, seededNumbers(seed), {
    stop: stopping.signal,
    abandoned: asking.abandoned,
  }).catch((error: unknown) => asking.complain(`the client of decisions ended: ${String(error)}`));
  return {
    ...asking,
    sessions: () => started,
    stop: async () => {
      stopping.abort();
      await going;
    },
    abandon: async () => {
      stopping.abort();
      asking.abandon();
      await going;
    },
  };
};

type Ends = { readonly stop: AbortSignal; readonly abandoned: AbortSignal };

const decideOn = async (client: Client, numbers: Numbers, { stop, abandoned }: Ends): Promise<void> => {
  const users: User[] = [];
  const keys: string[] = [];
  const acts = [
    () => createTwo(client, numbers, users),
    () => changeLogin(client, numbers, users),
    () => startSessions(client, numbers, users),
    () => endSessions(client, numbers, users),
    () => resetPassword(client, numbers, users),
    () => turnKeys(client, numbers, keys),
    ...traffic.map(
      ({ request }) =>
        () =>
          askForSome(client, numbers, request),
    ),
  ];
  // Each kind in turn first, so that a short run has all of them.
  for (let turn = 0; !abandoned.aborted && !(stop.aborted && turn >= acts.length); turn += 1) {
    await (acts[turn < acts.length ? turn : between(numbers, 0, acts.length - 1)] ?? acts[0])?.();
    await sleep(pauseMs, undefined, { signal: stop }).catch(() => undefined);
  }
};

/** What the clients of any other domain ask for, one thing after another. */
const askForSome = async ({ ask }: Client, numbers: Numbers, request: Traffic['request']): Promise<void> => {
  for (let count = between(numbers, 5, 15); count > 0; count -= 1) {
    const asked = request({ below: (below) => between(numbers, 0, below - 1) });
    const [, kind = ''] = asked.path.split('/');
    await ask({ ...asked, what: `${asked.method} /${kind}` });
  }
};

const someLogin = (numbers: Numbers): string => `user-${between(numbers, 1, loginsMax)}`;

/** Two at once for one login, which somebody may have already: at most one gets it. */
const createTwo = async ({ ask, complain }: Client, numbers: Numbers, users: User[]): Promise<void> => {
  const login = someLogin(numbers);
  const password = randomUUID();
  const create = (written: string) =>
    ask({
      ...{ what: 'create a user', method: 'POST', path: '/users' },
      body: { login: written, name: 'Somebody', role: 'guest', password },
    });
  const answers = await Promise.all([create(login), create(login.toUpperCase())]);
  const done = answers.filter(isDone);
  if (done.length > 1) complain(`two users got the login ${login}`);
  for (const { body } of done) users.push({ id: String(body.id), login, password });
};

const changeLogin = async ({ ask }: Client, numbers: Numbers, users: User[]): Promise<void> => {
  if (users.length === 0) return;
  const user = oneOf(numbers, users);
  // Rather one that somebody has.
  const login = numbers() < 0.6 ? oneOf(numbers, users).login : someLogin(numbers);
  const answer = await ask({
    ...{ what: 'change a login', method: 'PATCH', path: `/users/${user.id}` },
    body: { login },
  });
  if (isDone(answer)) user.login = login;
};

const startSessions = async ({ ask, noteSession }: Client, numbers: Numbers, users: User[]): Promise<void> => {
  if (users.length === 0) return;
  const { login, password } = oneOf(numbers, users);
  for (let count = between(numbers, 1, 3); count > 0; count -= 1) {
    const answer = await ask({
      ...{ what: 'start a session', method: 'POST', path: '/sessions' },
      body: { login, password },
    });
    if (isDone(answer)) noteSession(String(answer.body.token_id));
  }
};

const endSessions = async (client: Client, numbers: Numbers, users: User[]): Promise<void> => {
  if (users.length === 0) return;
  const user = oneOf(numbers, users);
  await startSessions(client, numbers, [user]);
  await client.ask({ what: 'end all sessions of a user', method: 'DELETE', path: `/users/${user.id}/sessions` });
};

const resetPassword = async (client: Client, numbers: Numbers, users: User[]): Promise<void> => {
  if (users.length === 0) return;
  const user = oneOf(numbers, users);
  await startSessions(client, numbers, [user]);
  const password = randomUUID();
  const answer = await client.ask({
    ...{ what: 'reset a password', method: 'POST', path: `/users/${user.id}/password` },
    body: { password },
  });
  if (isDone(answer)) user.password = password;
};

const turnKeys = async ({ ask }: Client, numbers: Numbers, keys: string[]): Promise<void> => {
  const issued = await ask({
    ...{ what: 'issue a key', method: 'POST', path: '/keys' },
    body: { name: 'chaos', role: 'guest' },
  });
  if (isDone(issued)) keys.push(String(issued.body.id));
  if (keys.length === 0 || numbers() < 0.4) return;
  await ask({ what: 'revoke a key', method: 'DELETE', path: `/keys/${oneOf(numbers, keys)}` });
};
