/** The live stream of this process: who listens, from where, for how long, and how many there may be. */
import type { Authenticator } from '@plenum/authentication';
import type { StreamKind } from '@plenum/domain';
import { type EventCodec, type Log, type Logger, systemTimer, type Timer, turns } from '@plenum/runtime';
import { bringing } from './bring.ts';
import { every } from './every.ts';
import { beginFrame, heartbeatFrame } from './frames.ts';
import { type LiveClientParts, liveClient } from './live-client.ts';
import { recheckRights } from './rights.ts';
import { type StreamCounters, streamCounters } from './stream-counters.ts';
import { idNow, type Member, type WatchedFeedsParts, watchedFeeds } from './watched-feeds.ts';

export type HubParts = Pick<WatchedFeedsParts, 'shownUntil' | 'lookMs'> & {
  readonly log: Pick<Log, 'positions' | 'read'>;
  readonly codec: EventCodec;
  readonly logger: Logger;
  readonly kinds: readonly StreamKind[];
  /** Who is asked whether clients still may listen; `off`: nobody. */
  readonly authenticator: Pick<Authenticator, 'recheck'> | 'off';
  readonly limits: StreamLimits;
  readonly timer?: Timer;
};

export type StreamLimits = {
  readonly clientsMax: number;
  /** Of one identity. */
  readonly clientsOfOneMax: number;
  /** Bytes that may wait for one client. */
  readonly waitingBytesMax: number;
  /** Events that a client may have missed and is still sent. */
  readonly missedMax: number;
};

export type Joining = Pick<LiveClientParts, 'identity' | 'shown' | 'connection' | 'wanted'> & {
  /** A read model that has to show an event before the event is sent. */
  readonly shownBy: string | undefined;
  readonly lastId: string | undefined;
};

export type Room = 'room' | 'full' | 'too-many-of-one';

export type Hub = {
  /** Whether one more may join; `identityId` is `undefined` where nobody is asked who they are. */
  roomFor(identityId: string | undefined): Room;
  /** Serves the client until it goes or is ended. */
  join(joining: Joining): void;
  readonly counters: StreamCounters;
  /** Ends all clients. Settles when nothing is read any more. */
  close(): Promise<void>;
};

const heartbeatMs = 15_000;
const recheckMs = 400;
const catchUpsMax = 8;

export const streamHub = (parts: HubParts): Hub => {
  const { log, codec, logger, kinds, authenticator, limits, timer = systemTimer } = parts;
  const kindOfType = new Map(kinds.flatMap((kind) => kind.events.map(({ type }) => [type, kind] as const)));
  const kindOf = (type: string): StreamKind | undefined => kindOfType.get(type);
  const members = new Set<Member>();
  const counters = streamCounters(() => members.size);
  const joining = new Set<Promise<void>>();
  const catchingUp = { log, codec, timer, kindOf, noteSent: counters.sent, turns: turns({ atATime: catchUpsMax }) };
  const bring = bringing({ log, members, counters, catchingUp, ...limits });
  let isClosed = false;

  const feeds = watchedFeeds({
    ...{ log, codec, logger, kindOf, shownUntil: parts.shownUntil, lookMs: parts.lookMs, noteSent: counters.sent },
    onBroken: ({ index }) => {
      for (const { client, feeds: own } of [...members])
        if (own.some((feed) => feed.index === index)) client.end('failed');
    },
  });

  /** Where nobody is, nobody is looked after: a process at rest is woken for nothing. */
  let stopLooking: (() => void) | undefined;
  const leave = (member: Member): void => {
    if (!members.delete(member)) return;
    if (members.size === 0) {
      stopLooking?.();
      stopLooking = undefined;
    }
    for (const feed of member.feeds) {
      feed.index.remove(member);
      feeds.unwatch(feed);
    }
  };

  return {
    roomFor: (identityId) => (isClosed ? 'full' : roomAmong(members, limits, identityId)),
    counters,
    join: ({ wanted, shownBy, lastId, ...own }) => {
      const topics = [...new Set(wanted.kinds.flatMap(({ events }) => events.map(({ topic }) => topic)))].sort();
      const watched = topics.map((topic) => feeds.watch(topic, shownBy));
      const client = liveClient({
        ...{ ...own, wanted, waitingBytesMax: limits.waitingBytesMax },
        onEnd: (reason) => {
          counters.ended(reason);
          leave(member);
        },
      });
      const member: Member = {
        ...{ client, wanted, feeds: watched, isLive: false, held: undefined },
        set: watched.map(({ key }) => key).join(),
      };
      members.add(member);
      stopLooking ??= lookAfter(members, authenticator, timer);
      own.connection.closed.addEventListener('abort', () => leave(member), { once: true });
      if (own.connection.closed.aborted) return leave(member);
      if (isClosed) return client.end('shutdown');
      client.push(beginFrame);
      client.flush();
      const brought = bring(member, lastId).catch((error: unknown) => {
        logger.warn({ error: error instanceof Error ? error.message : error }, 'a live stream could not go on');
        client.end('failed');
      });
      joining.add(brought);
      void brought.finally(() => joining.delete(brought));
    },
    close: async () => {
      isClosed = true;
      for (const { client } of [...members]) client.end('shutdown');
      await Promise.all([feeds.close(), ...joining]);
    },
  };
};

const roomAmong = (members: ReadonlySet<Member>, limits: StreamLimits, identityId: string | undefined): Room => {
  if (members.size >= limits.clientsMax) return 'full';
  if (identityId === undefined) return 'room';
  let own = 0;
  for (const { client } of members) if (client.identity()?.id === identityId) own += 1;
  return own < limits.clientsOfOneMax ? 'room' : 'too-many-of-one';
};

/** Says now and then to everybody that it is there, and ends who may listen no longer. @returns what stops it. */
const lookAfter = (
  members: ReadonlySet<Member>,
  authenticator: HubParts['authenticator'],
  timer: Timer,
): (() => void) => {
  const stopBeating = every(timer, heartbeatMs, async () => {
    for (const { client, feeds, isLive } of members) {
      client.push(heartbeatFrame(isLive ? idNow(feeds) : undefined));
      client.flush();
    }
  });
  const stopChecking = every(timer, recheckMs, async () => {
    if (authenticator === 'off') return;
    await recheckRights(
      authenticator,
      [...members].map(({ client }) => client),
    );
  });
  return () => {
    stopBeating();
    stopChecking();
  };
};
