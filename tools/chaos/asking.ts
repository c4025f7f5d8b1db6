/**
 * Asks the API for decisions, each with a key of its own, under which it asks again for as long as no answer comes. Keeps
 * account of what was answered.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Site } from './site/site.ts';

/** What came of one command, by the key that it was asked with. */
export type Answered = {
  readonly key: string;
  readonly what: string;
  /** `unchanged`: nothing had to be recorded. */
  readonly outcome: 'acknowledged' | 'unchanged' | 'refused';
};

export type AskedFor = {
  readonly what: string;
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: object;
};

export type ApiAnswer = { readonly status: number; readonly body: Readonly<Record<string, unknown>> };

export type Asking = {
  /** `undefined` when it ended before an answer came. */
  readonly ask: (asked: AskedFor) => Promise<ApiAnswer | undefined>;
  readonly complain: (what: string) => void;
  /** Everything that was answered so far. */
  readonly answered: () => readonly Answered[];
  /** Requests that were asked again under their key, because the answer was lost, or said that something is away. */
  readonly repeats: () => number;
  /** What nobody should be answered, in words. */
  readonly unexpected: () => readonly string[];
  /** At once, whatever was answered. */
  readonly abandon: () => void;
  readonly abandoned: AbortSignal;
};

const againMs = 250;
/** Longer than anything that goes wrong lasts. */
const answeredMsMax = 120_000;

export const askingAt = (site: Pick<Site, 'apiUrl' | 'apiHeaders'>): Asking => {
  const abandoned = new AbortController();
  const answers: Answered[] = [];
  const unexpected: string[] = [];
  let repeats = 0;
  const ask: Asking['ask'] = async (asked) => {
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
  return {
    ask,
    complain: (what) => void unexpected.push(what),
    answered: () => answers,
    repeats: () => repeats,
    unexpected: () => unexpected,
    abandon: () => abandoned.abort(),
    abandoned: abandoned.signal,
  };
};

const request = async (
  { apiUrl, apiHeaders }: Pick<Site, 'apiUrl' | 'apiHeaders'>,
  { method, path, body }: AskedFor,
  key: string,
): Promise<ApiAnswer | undefined> => {
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
    return { status: response.status, body: (await response.json()) as ApiAnswer['body'] }; // Every answer is an object.
  } catch {
    return undefined; // It was killed, or is frozen.
  }
};

/** Something was away, or somebody carries it out just now. */
const isPassing = ({ status, body }: ApiAnswer): boolean =>
  status >= 500 || status === 429 || body.type === '/problems/in-flight';

const outcomeOf = ({ status, body }: ApiAnswer): Answered['outcome'] => {
  if (status >= 400) return 'refused';
  return body.outcome === 'unchanged' ? 'unchanged' : 'acknowledged';
};

export const isDone = (answer: ApiAnswer | undefined): answer is ApiAnswer =>
  answer !== undefined && answer.status < 400;
