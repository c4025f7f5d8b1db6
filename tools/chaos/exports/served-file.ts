/** The file of an export as it is handed out at this moment, and whether it is whole. */
import { createHash } from 'node:crypto';
import type { Site } from '../site/site.ts';

export type Served =
  | {
      readonly outcome: 'served';
      readonly bytes: number;
      readonly digest: string;
      readonly problems: readonly string[];
    }
  /** There is none now: not yet, never, or no more. */
  | { readonly outcome: 'none'; readonly status: number }
  /** Nobody answered, or not to the end. */
  | { readonly outcome: 'unknown' };

type Way = Pick<Site, 'apiUrl' | 'apiHeaders'>;

export const servedFile = async ({ apiUrl, apiHeaders: headers }: Way, exportId: string): Promise<Served> => {
  try {
    const signal = AbortSignal.timeout(30_000);
    const response = await fetch(`${apiUrl}/api/v1/exports/${exportId}/file`, { headers, signal });
    const bytes = await response.bytes();
    if (response.status >= 500 || response.status === 429) return { outcome: 'unknown' };
    if (response.status !== 200) return { outcome: 'none', status: response.status };
    return { outcome: 'served', ...judgeServed(response.headers, bytes) };
  } catch {
    return { outcome: 'unknown' }; // It was killed, or is frozen; a length that was announced was not reached.
  }
};

/** Held against what the answer itself says of it. */
export const judgeServed = (
  headers: Pick<Headers, 'get'>,
  bytes: Uint8Array,
): { readonly bytes: number; readonly digest: string; readonly problems: readonly string[] } => {
  const digest = createHash('sha256').update(bytes).digest();
  const hex = digest.toString('hex');
  const expected = {
    'content-length': String(bytes.byteLength),
    'repr-digest': `sha-256=:${digest.toString('base64')}:`,
    etag: `"${hex}"`,
  };
  const problems = Object.entries(expected).flatMap(([name, value]) => {
    const said = headers.get(name);
    return said === value ? [] : [`a file of ${bytes.byteLength} bytes was served, with ${name} ${said}, not ${value}`];
  });
  return { bytes: bytes.byteLength, digest: hex, problems };
};
