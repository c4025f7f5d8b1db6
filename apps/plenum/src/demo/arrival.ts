/** Waiting until a broker in between has handed over what it acknowledged to its publishers. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { IngestBalance } from '@plenum/runtime';
import type { Stack } from '../stack/start-stack.ts';

export type Arrival = {
  readonly stack: Pick<Stack, 'bridgeBalance'>;
  /** Messages that the publishers have acknowledged. */
  readonly acknowledged: number;
  readonly stop: AbortSignal;
  /** How long it may be quiet: once all is there, for copies to come; and before, until the rest is given up. */
  readonly quietMs?: number;
  readonly silentMs?: number;
};

const lookMs = 25;

/**
 * Settles when as many messages have come as were acknowledged and it is quiet, for a copy may have come first; or when
 * nothing more comes. Whether anything is missing is for others to say. At the listener there is nothing to wait
 * for: its acknowledgement says that the log has the message.
 * @throws the reason of `stop`.
 */
export const allArrived = async (arrival: Arrival): Promise<void> => {
  const { stack, acknowledged, stop, quietMs = 300, silentMs = 15_000 } = arrival;
  let received = stack.bridgeBalance().received;
  let sinceMs = performance.now();
  for (;;) {
    const quietForMs = performance.now() - sinceMs;
    if (quietForMs >= (received >= acknowledged ? quietMs : silentMs)) return;
    stop.throwIfAborted();
    // The broker does not say when it has nothing left, so there is only looking.
    await sleep(lookMs);
    const now = stack.bridgeBalance().received;
    if (now !== received) sinceMs = performance.now();
    received = now;
  }
};

/** What a broker gives back of our own commands is nothing that a node has sent. */
export const withoutOwn = (balance: IngestBalance): IngestBalance => ({
  ...balance,
  received: balance.received - balance.dropped.own,
});
