/** How a client that joins comes to follow: from now on, from where it was, or with the word that it has to read again. */
import { aborted, type Log } from '@plenum/runtime';
import { type CatchUpParts, catchUp, type Holding } from './catch-up.ts';
import { readyFrame, resyncFrame } from './frames.ts';
import { heldFrames } from './held.ts';
import { resume } from './resume.ts';
import type { StreamCounters } from './stream-counters.ts';
import { idNow, type Member } from './watched-feeds.ts';

export type BringingParts = {
  readonly log: Pick<Log, 'positions' | 'read'>;
  /** Who is here; who goes is taken out. */
  readonly members: ReadonlySet<Member>;
  readonly counters: StreamCounters;
  readonly catchingUp: CatchUpParts;
  readonly waitingBytesMax: number;
  readonly missedMax: number;
};

/** Settles when it is live, or gone. @throws TransientFailure; LogTruncated */
export type Bring = (member: Member, lastId: string | undefined) => Promise<void>;

export const bringing =
  (parts: BringingParts): Bring =>
  async (member, lastId) => {
    const { log, missedMax, members, counters, catchingUp } = parts;
    const { client, feeds } = member;
    if (!(await areKnown(member))) return;
    if (lastId === undefined) {
      begin(members, member);
      return;
    }
    const topics = feeds.map(({ topic }) => topic);
    const from = await resume({ log, missedMax }, topics, lastId);
    if (from.outcome === 'from') {
      await catchUp(catchingUp, { client, feeds, positions: from.positions, hold: () => hold(parts, member) });
      return;
    }
    counters.resynced(from.reason);
    client.push(resyncFrame(idNow(feeds), from.reason));
    begin(members, member);
  };

/** Whether it is known how far its feeds reach; not, when the client has gone before. */
const areKnown = async ({ client, feeds }: Member): Promise<boolean> => {
  const { closed } = client.connection;
  const gone = aborted(closed);
  while (!closed.aborted) {
    const unknown = feeds.filter((feed) => feed.next() === undefined);
    if (unknown.length === 0) return true;
    await Promise.race([...unknown.map((feed) => feed.moved()), gone]);
  }
  return false;
};

/** Nothing is awaited in here: what comes next it gets as everybody does. */
const begin = (members: ReadonlySet<Member>, member: Member): void => {
  if (!members.has(member)) return;
  listen(member);
  makeLive(member);
};

const listen = (member: Member): void => {
  for (const feed of member.feeds) feed.index.add(member);
};

const makeLive = (member: Member): void => {
  member.isLive = true;
  const names = member.wanted.kinds.map(({ kind }) => kind);
  member.client.push(readyFrame(idNow(member.feeds), names));
  member.client.flush();
};

const hold = ({ members, counters, waitingBytesMax }: BringingParts, member: Member): Holding | undefined => {
  if (!members.has(member)) return undefined;
  const held = heldFrames(waitingBytesMax);
  member.held = held;
  listen(member);
  return {
    release: () => {
      member.held = undefined;
      const released = held.release(member.client);
      if (released === undefined) for (const feed of member.feeds) feed.index.remove(member);
      else {
        counters.sent(released);
        makeLive(member);
      }
      return released !== undefined;
    },
  };
};
