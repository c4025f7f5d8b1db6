/** A client that goes on publishing where it may not: when that is enough. */
import { reason } from '../codec/reason-codes.ts';
import { violation } from './accepted.ts';
import { closeAfterAnswers } from './close.ts';
import type { Connection, Server } from './state.ts';

/** Counts a publish that its client may not; beyond `deniedMax` of them within `deniedWithinMs` the connection ends behind it. */
export const countDenied = (server: Server, connection: Connection, nowMs: number): void => {
  const { limits, counts } = server;
  counts.deniedPublishes += 1;
  if (!isTooOften(connection.deniedAtMs, nowMs, limits)) return;
  const why = `more than ${limits.deniedMax} messages on topics that it may not publish on`;
  closeAfterAnswers(server, connection, violation(reason.notAuthorized, why));
};

/** `deniedAtMs`, to which `nowMs` is added, holds the last `deniedMax` of them. */
export const isTooOften = (
  deniedAtMs: number[],
  nowMs: number,
  { deniedMax, deniedWithinMs }: { readonly deniedMax: number; readonly deniedWithinMs: number },
): boolean => {
  deniedAtMs.push(nowMs);
  if (deniedAtMs.length <= deniedMax) return false;
  const [first = nowMs] = deniedAtMs.splice(0, 1);
  return nowMs - first < deniedWithinMs;
};
