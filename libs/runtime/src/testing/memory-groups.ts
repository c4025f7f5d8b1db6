/** The groups of the log in memory: who follows which partition. */
import { TransientFailure } from '../errors.ts';
import type { Batch, Subscription } from '../log.ts';
import { aborted } from '../pause.ts';

export type MemoryGroupsParts = {
  readonly partitions: (topic: string) => number;
  /** The next batch, or `undefined` at the end. */
  readonly read: (topic: string, partition: number, from: bigint, recordsMax: number) => Batch | undefined;
  /** Settles when something is appended. */
  readonly grown: () => Promise<void>;
  readonly pause: () => Promise<void>;
};

export type MemoryGroups = {
  join(subscription: Subscription, stop: AbortSignal): Promise<void>;
  move(group: string): void;
  close(): Promise<void>;
};

type Follower = { readonly stop: AbortController; readonly done: Promise<void> };
type Member = {
  readonly subscription: Subscription;
  readonly failed: (error: unknown) => void;
  readonly followers: Map<string, Follower>;
  /** Everything this member ever began, so that it leaves only when all is finished. */
  readonly begun: Set<Promise<void>>;
};
type Group = { members: readonly Member[]; turn: number; readonly latest: Map<string, Promise<void>> };

export const memoryGroups = (parts: MemoryGroupsParts): MemoryGroups => {
  const groups = new Map<string, Group>();
  const closing = new AbortController();
  const joined = new Set<Promise<void>>();

  const groupOf = (name: string): Group => {
    const group = groups.get(name) ?? { members: [], turn: 0, latest: new Map() };
    groups.set(name, group);
    return group;
  };

  const run = async (subscription: Subscription, stop: AbortSignal): Promise<void> => {
    const group = groupOf(subscription.group);
    const failed = new AbortController();
    const member: Member = {
      subscription,
      failed: (error) => failed.abort(error),
      followers: new Map(),
      begun: new Set(),
    };
    group.members = [...group.members, member];
    share(parts, group, 'after the batch in hand');
    await aborted(AbortSignal.any([stop, failed.signal, closing.signal]));
    group.members = group.members.filter((other) => other !== member);
    share(parts, group, 'after the batch in hand');
    for (const follower of member.followers.values()) follower.stop.abort();
    await Promise.all(member.begun);
    if (failed.signal.aborted) throw failed.signal.reason;
  };

  return {
    async join(subscription, stop) {
      const running = run(subscription, stop);
      joined.add(running);
      try {
        await running;
      } finally {
        joined.delete(running);
      }
    },
    move(name) {
      const group = groupOf(name);
      group.turn += 1;
      for (const { followers } of group.members) {
        for (const follower of followers.values()) follower.stop.abort();
        followers.clear();
      }
      share(parts, group, 'at once');
    },
    async close() {
      closing.abort();
      await Promise.allSettled(joined);
    },
  };
};

/** Gives every partition to one member, in turn; what moves is followed anew. */
const share = (parts: MemoryGroupsParts, group: Group, when: 'after the batch in hand' | 'at once'): void => {
  const topics = new Set(group.members.flatMap((member) => member.subscription.topics));
  const takers: (() => void)[] = [];
  for (const topic of topics) {
    const able = group.members.filter((member) => member.subscription.topics.includes(topic));
    for (let partition = 0; partition < parts.partitions(topic); partition += 1) {
      const key = `${topic}/${partition}`;
      const owner = able[(partition + group.turn) % able.length];
      for (const member of able) if (member !== owner) drop(member, key);
      if (owner !== undefined && !owner.followers.has(key))
        takers.push(() => take(parts, group, owner, { topic, partition, when }));
    }
  }
  for (const takeOne of takers) takeOne();
};

const drop = (member: Member, key: string): void => {
  member.followers.get(key)?.stop.abort();
  member.followers.delete(key);
};

type Taken = {
  readonly topic: string;
  readonly partition: number;
  readonly when: 'after the batch in hand' | 'at once';
};

const take = (parts: MemoryGroupsParts, group: Group, owner: Member, { topic, partition, when }: Taken): void => {
  const key = `${topic}/${partition}`;
  const stop = new AbortController();
  const before = when === 'at once' ? undefined : group.latest.get(key);
  const done = follow(parts, owner.subscription, { topic, partition, stop: stop.signal, before }).catch(owner.failed);
  owner.followers.set(key, { stop, done });
  owner.begun.add(done);
  void done.finally(() => owner.begun.delete(done));
  group.latest.set(key, done);
};

type Following = {
  readonly topic: string;
  readonly partition: number;
  readonly stop: AbortSignal;
  readonly before: Promise<void> | undefined;
};

const follow = async (parts: MemoryGroupsParts, subscription: Subscription, following: Following): Promise<void> => {
  await following.before;
  while (!following.stop.aborted) {
    try {
      await handOver(parts, subscription, following);
      return;
    } catch (error) {
      if (!(error instanceof TransientFailure)) throw error;
      await parts.pause();
    }
  }
};

const handOver = async (
  { read, grown }: MemoryGroupsParts,
  { position, handle, recordsMax }: Subscription,
  { topic, partition, stop }: Following,
): Promise<void> => {
  let at = await position(topic, partition);
  while (!stop.aborted) {
    const more = grown();
    const batch = read(topic, partition, at, recordsMax);
    if (batch === undefined) await either(more, stop);
    else at = await handle(batch);
  }
};

/** Leaves no listener behind, however often it is called on one signal. */
const either = (settled: Promise<void>, stop: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const end = (): void => {
      stop.removeEventListener('abort', end);
      resolve();
    };
    if (stop.aborted) resolve();
    else stop.addEventListener('abort', end);
    void settled.then(end);
  });
