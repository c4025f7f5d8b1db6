/**
 * Says in the log which clients are connected here. Changes are gathered for about a second and appended together; that a client is
 * still there is said now and then. These appends are no messages: nobody waits for them, and they are not in the balance of the
 * ingest loop. While the log is away the newest of each client are kept and tried again.
 */
import { partitionOf } from '@plenum/event';
import type { ClientChange, ClientWatch } from '@plenum/mqtt';
import {
  type Clock,
  type EventCodec,
  type Log,
  type Logger,
  systemTimer,
  type Timer,
  untilInStepMs,
} from '@plenum/runtime';
import type { BridgeConfig } from './bridge.ts';
import { idsInOrder } from './new-id.ts';
import { type PresenceConnections, presenceConnections } from './presence-connections.ts';
import { connected, disconnected, type Observation, seen, serverGone } from './presence-events.ts';
import { defaultPresenceLimits, type PresenceCounts, type PresenceLimits, presenceSender } from './presence-sender.ts';

export type PresenceReporterParts = {
  readonly config: Pick<BridgeConfig, 'PRESENCE_SEEN_INTERVAL'>;
  readonly log: Pick<Log, 'append'>;
  readonly codec: Pick<EventCodec, 'encode'>;
  readonly watch: ClientWatch;
  /** What this bridge is called in the events. */
  readonly replica: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly timer?: Timer;
  readonly limits?: Partial<PresenceLimits>;
};

export type PresenceReporter = {
  /** These clients have sessions whose bridge is gone, and this one has them now: their connections there are over. */
  adopted(clientIds: readonly string[]): void;
  counts(): PresenceCounts;
  /**
   * Observes nothing more, and settles when the log has what was observed, or when it took too long. To be called when no client
   * is connected any more.
   */
  close(): Promise<void>;
  /** Settles with `close`; rejects with what is not a transient failure: a bug, and nothing to wait for. */
  readonly finished: Promise<void>;
};

/** Begins at once, with the clients that are connected already. */
export const presenceReporter = (parts: PresenceReporterParts): PresenceReporter => {
  const { watch, replica, clock, timer = systemTimer } = parts;
  const limits = { ...defaultPresenceLimits, ...parts.limits };
  const connections = presenceConnections(replica, idsInOrder()); // Its own: of two in one millisecond the later is greater.
  const sender = presenceSender({ ...parts, timer, newId: idsInOrder(), limits });

  const end = watch.onChange((change) => {
    if (change.change !== 'subscribed') sender.add(observed(connections, change));
  });
  for (const client of watch.connected()) sender.add(connected(connections.begin(client)));
  const rounds = inRounds(timer, parts.config.PRESENCE_SEEN_INTERVAL, (isDue) => {
    for (const client of watch.connected()) {
      const heard = isDue(client.clientId) ? connections.heardSince(client) : undefined;
      if (heard !== undefined) sender.add(seen(heard));
    }
  });
  return {
    adopted: (clientIds) => {
      const nowUs = clock.nowUs();
      for (const id of clientIds) if (!connections.has(id)) sender.add(serverGone(id, replica, nowUs));
    },
    counts: sender.counts,
    close: async () => {
      end();
      rounds.stop();
      await sender.close();
    },
    finished: sender.finished,
  };
};

const observed = (
  connections: PresenceConnections,
  change: Exclude<ClientChange, { readonly change: 'subscribed' }>,
): Observation =>
  change.change === 'connected'
    ? connected(connections.begin(change.client))
    : disconnected(connections.end(change.client), change.atMs, change.because);

/** An interval is cut into so many parts, and each client has its turn in one of them, so that not all are due at once. */
const turns = 60;

const inRounds = (timer: Timer, intervalMs: number, report: (isDue: (clientId: string) => boolean) => void) => {
  let turn = 0;
  const next = (): (() => void) =>
    timer.after(untilInStepMs(intervalMs / turns, timer.nowMs()), () => {
      cancel = next();
      const now = turn;
      turn = (turn + 1) % turns;
      report((clientId) => partitionOf(clientId, turns) === now);
    });
  let cancel = next();
  return { stop: () => cancel() };
};
