/**
 * Lists are read from tables that are made from the log, and so are late: by the outbox relay, and by the projector. Beside a
 * running Plenum it is only to be waited for; alone, there is nobody else to do it.
 */
import { apiKeysProjection, jwtTokensProjection, usersProjection } from '@plenum/access';
import { topics } from '@plenum/catalogue';
import { commandsProjection, enrolledNodesProjection } from '@plenum/device';
import { postgresReadModelStore, projectionCheckpoints } from '@plenum/postgres';
import { runProjector } from '@plenum/projector';
import { endsOf, pause } from '@plenum/runtime';
import { waitingForRelay } from './relay-waiting.ts';
import { silent } from './silent.ts';
import type { Access } from './with-access.ts';

const projections = [
  ...[usersProjection, apiKeysProjection, jwtTokensProjection],
  ...[enrolledNodesProjection, commandsProjection],
];
const lookMs = 50;
/** A Plenum that runs has the tables there in less than a second. */
const patienceMs = 3_000;
const alonePatienceMs = 60_000;

/**
 * Settles when the tables show everything that was decided until now, or when that takes too long.
 * @returns how many events they do not show yet. @throws TransientFailure; the reason of `stop`.
 */
export const broughtUpToDate = async (access: Access, stop: AbortSignal): Promise<number> => {
  // The process that runs the embedded server has the directory alone.
  if (access.foundation.embedded === undefined) return waitUntilShown(access, patienceMs, stop);
  const working = new AbortController();
  const { database, log, codec } = access.foundation;
  const store = postgresReadModelStore({ pool: database.pool, logger: silent });
  const parts = [
    access.decisions.relay(working.signal),
    runProjector({ log, store, codec, projections, topics, logger: silent }, working.signal),
  ];
  try {
    const shown = waitUntilShown(access, alonePatienceMs, stop);
    return await Promise.race([shown, ...parts.map((part) => part.then(() => shown))]);
  } finally {
    working.abort();
    await Promise.allSettled(parts);
  }
};

const waitUntilShown = async (access: Access, waitMs: number, stop: AbortSignal): Promise<number> => {
  const startMs = performance.now();
  for (;;) {
    const missing = await notShown(access);
    if (missing === 0 || performance.now() - startMs > waitMs) return missing;
    await pause(lookMs, stop);
    stop.throwIfAborted();
  }
};

/** Events that wait for the outbox relay, and records that wait for a projector. */
const notShown = async ({ decisions, foundation }: Access): Promise<number> => {
  const waiting = await waitingForRelay(decisions);
  let unread = 0;
  for (const projection of projections) {
    const checkpoints = await projectionCheckpoints(foundation.database.pool, projection);
    for (const { topic, partition, next } of await endsOf({ log: foundation.log, projection })) {
      const at = checkpoints.find((one) => one.topic === topic && one.partition === partition);
      unread = Math.max(unread, Number(next - (at?.next ?? 0n)));
    }
  }
  return waiting + unread;
};
