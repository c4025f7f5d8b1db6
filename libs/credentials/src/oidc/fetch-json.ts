/** Documents of an identity provider: small, quick, from exactly where they are said to be, or not at all. */
import { TransientFailure } from '@plenum/runtime';

const bytesMax = 1024 * 1024;

/**
 * The JSON at a URL. Redirects are not followed: they would lead to keys that nobody vouched for.
 * @throws TransientFailure for whatever came in its place, or nothing in time.
 */
export const fetchJson = async (url: string, timeoutMs: number): Promise<unknown> => {
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await fetch(url, { redirect: 'error', signal, headers: { accept: 'application/json' } });
    if (!response.ok) {
      await response.body?.cancel();
      throw new Error(`it answered ${response.status}`);
    }
    return JSON.parse(await readBody(response));
  } catch (error) {
    throw new TransientFailure('identity-provider', `${url}: ${reasonOf(error)}`, { cause: error });
  }
};

const readBody = async ({ body }: Response): Promise<string> => {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.length;
    if (bytes > bytesMax) throw new Error(`it answered more than ${bytesMax} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};

/** `fetch failed` says nothing; what it failed of is its cause. */
const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
};

/**
 * Why a URL must not be asked for keys, or `undefined` when it may: keys that came in the clear are anybody's. A
 * provider on this machine needs no TLS.
 */
export const urlProblem = (url: string): string | undefined => {
  const parsed = URL.parse(url);
  if (parsed === null) return 'is not a URL';
  if (parsed.protocol === 'https:') return undefined;
  const local = ['localhost', '127.0.0.1', '[::1]'].includes(parsed.hostname);
  return parsed.protocol === 'http:' && local ? undefined : 'does not begin with https://';
};
