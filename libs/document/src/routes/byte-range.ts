/** `Range` and `If-Range` (RFC 9110, 14.2 and 13.1.5). */
import type { WithHeaders } from '@plenum/http';

/** `from` is the first byte, `to` the first that is no more of it. */
export type ByteRange = { readonly from: number; readonly to: number };

type Of = { readonly bytes: number; readonly tag: string };

/**
 * The range that is asked for; `undefined`: all of it. What cannot be read is as if it was not there, and so are several
 * ranges at once, and one of another content than this.
 */
export const rangeAsked = ({ headers }: WithHeaders, { bytes, tag }: Of): ByteRange | 'not-satisfiable' | undefined => {
  const ifRange = headers['if-range']?.toString().trim();
  if (ifRange !== undefined && ifRange !== tag) return undefined;
  const [, first = '', last = ''] =
    /^\s*bytes\s*=\s*(\d{0,15})\s*-\s*(\d{0,15})\s*$/i.exec(headers.range?.toString() ?? '') ?? [];
  if (first === '' && last === '') return undefined;
  if (first === '') {
    const length = Math.min(Number(last), bytes);
    return length === 0 ? 'not-satisfiable' : { from: bytes - length, to: bytes };
  }
  const from = Number(first);
  const to = last === '' ? bytes : Math.min(Number(last) + 1, bytes);
  if (last !== '' && Number(last) < from) return undefined;
  return from >= bytes ? 'not-satisfiable' : { from, to };
};
