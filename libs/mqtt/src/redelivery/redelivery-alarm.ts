/**
 * Says when messages keep coming again. One lost connection makes a broker send again what was on the way, and that is
 * as it should be; when it goes on, acknowledgements do not get through, and the same messages go round and round.
 */
import type { Logger } from '@plenum/runtime';

export type AlarmLimits = {
  /** Two of these in a row have to be beyond both of the others. */
  readonly periodMs: number;
  readonly shareMax: number;
  /** In a period; a share of next to nothing says nothing. */
  readonly messagesMin: number;
};

export const defaultAlarmLimits: AlarmLimits = { periodMs: 60_000, shareMax: 0.1, messagesMin: 100 };

type Totals = { readonly received: number; readonly redelivered: number };

/** To be asked every now and then, more often than once in a period. Warns once in a period at most. */
export const redeliveryAlarm = (
  logger: Logger,
  { periodMs, shareMax, messagesMin }: AlarmLimits = defaultAlarmLimits,
): ((nowMs: number, totals: Totals) => void) => {
  let beganMs: number | undefined;
  let before: Totals = { received: 0, redelivered: 0 };
  let wasBeyond = false;
  return (nowMs, totals) => {
    beganMs ??= nowMs;
    if (nowMs - beganMs < periodMs) return;
    const received = totals.received - before.received;
    const redelivered = totals.redelivered - before.redelivered;
    const isBeyond = redelivered >= messagesMin && redelivered > received * shareMax;
    if (isBeyond && wasBeyond) {
      logger.warn({ received, redelivered, seconds: (nowMs - beganMs) / 1000 }, 'messages keep coming again');
    }
    wasBeyond = isBeyond;
    beganMs = nowMs;
    before = totals;
  };
};
