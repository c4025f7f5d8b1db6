/** One member of a group: follows the partitions it holds, and passes them on when others are to have them. */
import { type Logger, pause, type Subscription } from '@plenum/runtime';
import type { Ends } from './ends.ts';
import { fetchBatches, fetchBytesMax, fetchRecordsMax } from './fetch.ts';
import { followPartition } from './follow.ts';
import { gatheredFetches } from './gathered-fetches.ts';
import type { LogDatabase } from './log-database.ts';
import { type Held, joinGroup, type Lease, type Membership } from './membership.ts';
import type { Notifications } from './notifications.ts';
import type { Session } from './session.ts';
import type { KnownTopic } from './topics.ts';

export type Subscribed = {
  readonly database: LogDatabase;
  readonly ends: Ends;
  readonly notifications: Notifications;
  readonly logger: Logger;
  readonly topics: readonly KnownTopic[];
  readonly subscription: Subscription;
};

/** Whatever changes in a group is notified; this is for what nobody thought of. */
const lookEveryMs = 60_000;
/** How soon a group is asked again that cannot be reached. */
const retryMs = 1_000;

type Follower = { readonly lease: Lease; readonly stop: AbortController; done: Promise<void> };

/** Settles when `stop` aborts, the batches in hand are finished and the leases are given back. */
export const runMember = async (member: Subscribed, stop: AbortSignal): Promise<void> => {
  const { database, notifications, subscription, logger, topics } = member;
  const topicIds = topics.map((topic) => topic.id);
  notifications.follow(topicIds);
  const membership = joinGroup({
    connection: notifications.connection,
    schema: database.schema,
    group: subscription.group,
    topicIds,
    logger,
  });
  const failed = new AbortController();
  const ending = AbortSignal.any([stop, failed.signal]);
  const followers = followersOf(member, membership, (error) => failed.abort(error));

  let nudged = new AbortController();
  const forget = notifications.onGroup(subscription.group, () => nudged.abort());
  while (!ending.aborted) {
    // Made before asking: a notification that comes while the answer is under way leads to another question.
    nudged = new AbortController();
    const held = await membership.tick().catch((error: unknown) => {
      failed.abort(error);
      return undefined;
    });
    if (held !== undefined && !ending.aborted) followers.follow(held);
    if (held === undefined) await pause(retryMs, ending);
    else await pause(lookEveryMs, ending, nudged.signal, held.session.over);
  }
  forget();

  await Promise.allSettled([membership.retire(), followers.end()]);
  await membership.leave();
  if (failed.signal.aborted) throw failed.signal.reason;
};

type Followers = {
  /** Begins to follow what is new, and ends what is surplus or no longer held. */
  follow(held: Held): void;
  /** Settles when every batch in hand is finished and every lease given back. */
  end(): Promise<void>;
};

const followersOf = (
  { database, ends, logger, topics, subscription }: Subscribed,
  membership: Membership,
  failed: (error: unknown) => void,
): Followers => {
  let session: Session | undefined;
  const holds = (): boolean => session?.isCertain() ?? false;
  const limits = { recordsMax: Math.max(subscription.recordsMax, fetchRecordsMax), bytesMax: fetchBytesMax };
  const fetches = gatheredFetches({ read: (asks) => fetchBatches(database, asks, limits) });
  const running = new Map<string, Follower>();
  /** The last follower of every partition: a new one begins when it has finished, so this process never has two. */
  const latest = new Map<string, Promise<void>>();

  const run = async (lease: Lease, stop: AbortSignal, before: Promise<void> | undefined): Promise<void> => {
    await before;
    const topic = topics.find((candidate) => candidate.id === lease.topicId);
    if (topic === undefined) throw new Error(`a lease names topic ${lease.topicId}, which was not asked for`);
    const place = { topic, partition: lease.partition };
    await followPartition({ ends, logger, place, subscription, holds, fetches, stop });
  };

  const start = (key: string, lease: Lease): void => {
    const stop = new AbortController();
    const follower: Follower = { lease, stop, done: Promise.resolve() };
    const ended = async (): Promise<void> => {
      // Asked to stop: another member is to have it. Otherwise the lease was in doubt, and the next tick will show.
      if (stop.signal.aborted) await membership.release(lease);
      if (running.get(key) === follower) running.delete(key);
    };
    follower.done = run(lease, stop.signal, latest.get(key)).catch(failed).then(ended).catch(failed);
    running.set(key, follower);
    latest.set(key, follower.done);
  };

  return {
    follow({ leases, session: told }) {
      // Together with what is dropped below: a follower must never see a new session for what it has lost.
      session = told;
      const held = new Map(leases.map((lease) => [`${lease.topicId}:${lease.partition}`, lease]));
      for (const [key, follower] of running) {
        const lease = held.get(key);
        if (lease?.epoch === follower.lease.epoch && !lease.surplus) continue;
        follower.stop.abort();
        if (lease?.epoch !== follower.lease.epoch) running.delete(key);
      }
      for (const [key, lease] of held) {
        if (!running.has(key)) start(key, lease);
        if (lease.surplus) running.get(key)?.stop.abort();
      }
    },
    async end() {
      for (const follower of running.values()) follower.stop.abort();
      await Promise.all(latest.values());
    },
  };
};
