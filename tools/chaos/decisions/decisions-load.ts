/**
 * A client of the API that has things decided all the time: users whose logins clash, sessions, passwords, keys. Each with a
 * key of its own, under which it asks again for as long as no answer comes. It keeps account of what it was answered.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { domains } from '@plenum/catalogue';
import { type Traffic, trafficOf } from '@plenum/domain/testing';
import { type Numbers, seededNumbers } from '@plenum/simulation';
import { between, oneOf } from '../numbers.ts';
import type { Site } from '../site/site.ts';

/** What came of one command, by the key that it was asked with. */
export type Answered = {
  readonly key: string;
  readonly what: string;
  /** `unchanged`: nothing had to be recorded. */
  readonly outcome: 'acknowledged' | 'unchanged' | 'refused';
};

export type DecisionsLoad = {
  /** Everything that was answered so far. */
  answered(): readonly Answered[];
  /** Ids of the sessions that were started. */
  sessions(): readonly string[];
  /** Requests that were asked again under their key, because the answer was lost, or said that something is away. */
  repeats(): number;
  /** What nobody should be answered, in words. */
  unexpected(): readonly string[];
  /** Settles when each kind of command was asked for, and what is asked is answered. */
  stop(): Promise<void>;
  /** At once, whatever was answered. */
  abandon(): Promise<void>;
};

type Asked = {
  readonly what: string;
  readonly method: 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: object;
};
type Answer = { readonly status: number; readonly body: Readonly<Record<string, unknown>> };
type User = { readonly id: string; login: string; password: string };

type Client = {
  /** `undefined` when it ended before an answer came. */
  readonly ask: (asked: Asked) => Promise<Answer | undefined>;
  readonly noteSession: (tokenId: string) => void;
  readonly complain: (what: string) => void;
};

const pauseMs = 200;
const againMs = 250;
/** Longer than anything that goes wrong lasts. */
const answeredMsMax = 120_000;
const traffic = await trafficOf(domains);
/** Few, so that most are taken before long. */
const loginsMax = 40;

export const startDecisions = (site: Pick<Site, 'apiUrl' | 'apiHeaders'>, seed: number): DecisionsLoad => {
  const stopping = new AbortController();
  const abandoned = new AbortController();
  const answers: Answered[] = [];
  const started: string[] = [];
  const unexpected: string[] = [];
  let repeats = 0;
  const ask: Client['ask'] = async (asked) => {
    const key = randomUUID();
    const startMs = performance.now();
    while (!abandoned.signal.aborted) {
      const answer = await request(site, asked, key);
      if (answer !== undefined && !isPassing(answer)) {
        answers.push({ key, what: asked.what, outcome: outcomeOf(answer) });
        return answer;
      }
      if (answer !== undefined && answer.status === 500) {
        unexpected.push(`${asked.what}: ${answer.status} ${JSON.stringify(answer.body).slice(0, 200)}`);
      }
      // A client that stops asking without an answer knows nothing; so also at the end it is asked again.
      if (performance.now() - startMs > answeredMsMax) {
        unexpected.push(`${asked.what}: never answered`);
        return undefined;
      }
      repeats += 1;
      await sleep(againMs);
    }
    return undefined;
  };
  const client: Client = {
    ask,
    noteSession: (tokenId) => void started.push(tokenId),
    complain: (what) => void unexpected.push(what),
  };
  const going = decideOn(client, seededNumbers(seed), { stop: stopping.signal, abandoned: abandoned.signal }).catch(
    (error: unknown) => {
      unexpected.push(`the client of decisions ended: ${String(error)}`);
    },
  );
  return {
    answered: () => answers,
    sessions: () => started,
    repeats: () => repeats,
    unexpected: () => unexpected,
    stop: async () => {
      stopping.abort();
      await going;
    },
    abandon: async () => {
      stopping.abort();
      abandoned.abort();
      await going;
    },
  };
};

const request = async (
  { apiUrl, apiHeaders }: Pick<Site, 'apiUrl' | 'apiHeaders'>,
  { method, path, body }: Asked,
  key: string,
): Promise<Answer | undefined> => {
  try {
    const response = await fetch(`${apiUrl}/api/v1${path}`, {
      method,
      headers: {
        ...{ ...apiHeaders, 'idempotency-key': key },
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(15_000),
    });
    return { status: response.status, body: (await response.json()) as Answer['body'] }; // Every answer is an object.
  } catch {
    return undefined; // It was killed, or is frozen.
  }
};

/** Something was away, or somebody carries it out just now. */
const isPassing = ({ status, body }: Answer): boolean =>
  status >= 500 || status === 429 || body.type === '/problems/in-flight';

const outcomeOf = ({ status, body }: Answer): Answered['outcome'] => {
  if (status >= 400) return 'refused';
  return body.outcome === 'unchanged' ? 'unchanged' : 'acknowledged';
};

const isDone = (answer: Answer | undefined): answer is Answer => answer !== undefined && answer.status < 400;

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
