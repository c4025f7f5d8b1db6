/**
 * The topics that somebody follows: each is read and decoded once for all clients of this process, each event is written once,
 * and the clients that want it are found by what they asked for.
 */
import type { StreamKind } from '@plenum/domain';
import type { EventCodec, Log, Logger } from '@plenum/runtime';
import { type Feed, feedOf, type StreamedEvent } from './feed.ts';
import { bytesOf, eventBody } from './frames.ts';
import type { Held } from './held.ts';
import type { LiveClient } from './live-client.ts';
import { base36, idAround, lastPart, topicPart } from './positions.ts';
import { type Wanted, type WantedIndex, wantedIndex } from './wanted.ts';

/** A client with the feeds that it is given, in an order that its ids have as well. */
export type Member = {
  readonly client: LiveClient;
  readonly wanted: Wanted;
  readonly feeds: readonly WatchedFeed[];
  /** The same for all that have the same feeds, and so the same ids. */
  readonly set: string;
  isLive: boolean;
  /** While it is sent what it missed. */
  held: Held | undefined;
};

export type WatchedFeed = Feed & {
  readonly key: string;
  /** Those who are given what comes. */
  readonly index: WantedIndex<Member>;
};

export type WatchedFeeds = {
  /** The feed of a topic, from where it is; `shownBy` is a read model that has to show an event first. */
  watch(topic: string, shownBy: string | undefined): WatchedFeed;
  /** Ends it with the last that watches. */
  unwatch(feed: WatchedFeed): void;
  /** Ends all. Settles when nothing is read any more. */
  close(): Promise<void>;
};

export type WatchedFeedsParts = {
  readonly log: Pick<Log, 'positions' | 'read'>;
  readonly codec: EventCodec;
  readonly logger: Logger;
  readonly kindOf: (type: string) => StreamKind | undefined;
  /** How far a read model is with a topic, by partition. @throws TransientFailure */
  readonly shownUntil: (projection: string, topic: string) => Promise<readonly bigint[]>;
  readonly noteSent: (events: number) => void;
  /** How long a feed waits after a look that found nothing, in milliseconds. */
  readonly lookMs?: number | undefined;
  /** Called when a feed cannot go on. */
  readonly onBroken: (feed: WatchedFeed) => void;
};

/** Read models come on when a batch is committed, and how far they are is one query more. */
const lookAtModelsMs = 200;

type Watched = WatchedFeed & { readonly stop: AbortController; watchers: number };

export const watchedFeeds = (parts: WatchedFeedsParts): WatchedFeeds => {
  const { log, codec, logger, onBroken } = parts;
  const watched = new Map<string, Watched>();
  const running = new Set<Promise<void>>();

  const begun = (key: string, topic: string, shownBy: string | undefined): Watched => {
    const stop = new AbortController();
    const until = async (): Promise<readonly bigint[]> => {
      const shown = shownBy === undefined ? undefined : await parts.shownUntil(shownBy, topic);
      const ends = await log.positions(topic);
      return ends.map(({ next }, partition) => (shown === undefined ? next : least(next, shown[partition] ?? 0n)));
    };
    const feed = feedOf({
      ...{ log, codec, logger, topic, until, give: (events) => give(parts, one, events) },
      lookMs: parts.lookMs ?? (shownBy === undefined ? undefined : lookAtModelsMs),
    });
    const one: Watched = { ...feed, key, stop, watchers: 1, index: wantedIndex() };
    const run = feed.run(stop.signal).catch((error: unknown) => {
      logger.error({ topic, error: error instanceof Error ? error.stack : error }, 'the live stream cannot go on');
      if (watched.get(key) === one) watched.delete(key);
      onBroken(one);
    });
    running.add(run);
    void run.finally(() => running.delete(run));
    return one;
  };
  return {
    watch: (topic, shownBy) => {
      const key = shownBy === undefined ? topic : `${topic} ${shownBy}`;
      const known = watched.get(key);
      if (known !== undefined) {
        known.watchers += 1;
        return known;
      }
      const feed = begun(key, topic, shownBy);
      watched.set(key, feed);
      return feed;
    },
    unwatch: ({ key, index }) => {
      const feed = watched.get(key);
      // Another one of this topic may have begun since this one broke.
      if (feed === undefined || feed.index !== index) return;
      feed.watchers -= 1;
      if (feed.watchers > 0) return;
      feed.stop.abort();
      watched.delete(key);
    },
    close: async () => {
      for (const { stop } of watched.values()) stop.abort();
      await Promise.all(running);
    },
  };
};

const give = (parts: WatchedFeedsParts, feed: WatchedFeed, events: readonly StreamedEvent[]): void => {
  const touched = new Set<Member>();
  // All other offsets stand still meanwhile.
  const ids = new Map<string, (event: StreamedEvent) => string>();
  let sent = 0;
  for (const streamed of events) {
    const kind = parts.kindOf(streamed.event.type);
    if (kind === undefined) continue;
    const frames = new Map<string, Buffer>();
    let body: string | undefined;
    for (const member of feed.index.matching(kind, streamed.event)) {
      if (!member.client.mayRead(kind, streamed.event)) continue;
      body ??= eventBody(kind, streamed.event);
      let frame = frames.get(member.set);
      if (frame === undefined) {
        const idOf = ids.getOrInsertComputed(member.set, () => idsOf(member.feeds, feed, streamed.partition));
        frame = bytesOf(`id: ${idOf(streamed)}\n${body}`);
        frames.set(member.set, frame);
      }
      if (member.held !== undefined) {
        member.held.keep(kind, streamed.event, frame);
        continue;
      }
      member.client.push(frame);
      touched.add(member);
      sent += 1;
    }
  }
  parts.noteSent(sent);
  for (const { client } of touched) client.flush();
};

const least = (one: bigint, other: bigint): bigint => (one < other ? one : other);

/** The id of somebody who has everything that these feeds have given out. */
export const idNow = (feeds: readonly Feed[]): string =>
  feeds.map((feed) => topicPart(feed.topic, feed.next() ?? [])).join();

const idsOf = (
  feeds: readonly WatchedFeed[],
  { key }: WatchedFeed,
  partition: number,
): ((event: StreamedEvent) => string) => {
  const index = feeds.findIndex((feed) => feed.key === key);
  const places = feeds.map(({ topic, next }) => ({ topic, offsets: next() ?? [] }));
  const { before, after } = idAround(places, index, partition);
  return ({ offset, timestampMs }) =>
    `${before}${base36(offset + 1n)}${after}${lastPart(index, partition, timestampMs)}`;
};
