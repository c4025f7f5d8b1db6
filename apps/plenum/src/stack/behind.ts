/** How far each projection of what devices send is behind the log, from what this process appended and committed. */
import type { ConsumerProgress, Counters, Log } from '@plenum/runtime';
import { deviceTopics } from './device-topics.ts';

export type CountedLog = {
  readonly log: Pick<Log, 'append'>;
  /** Records that were appended through it, by topic. */
  readonly appended: ReadonlyMap<string, number>;
};

/** A log that counts what is appended through it, once it is durable. */
export const countAppends = (inner: Pick<Log, 'append'>): CountedLog => {
  const appended = new Map<string, number>();
  const append: Log['append'] = async (records) => {
    const ranges = await inner.append(records);
    for (const { topic } of records) appended.set(topic, (appended.get(topic) ?? 0) + 1);
    return ranges;
  };
  return { log: { append }, appended };
};

export type BehindParts = {
  readonly projections: readonly { readonly name: string; readonly topics: readonly string[] }[];
  readonly appended: ReadonlyMap<string, number>;
  /** What was committed since the start, by projection. */
  readonly committed: ReadonlyMap<string, Counters>;
  readonly progress: ReadonlyMap<string, Pick<ConsumerProgress, 'lag'>>;
};

/**
 * Records of its topics that each projection has not yet, by its name. Partitions report what they see with each batch;
 * what came since then, only the bridge knows of.
 */
export const behindOf = ({ projections, appended, committed, progress }: BehindParts): ReadonlyMap<string, number> =>
  new Map(
    projections
      .filter(({ topics }) => topics.every((topic) => deviceTopics.has(topic)))
      .map(({ name, topics }) => {
        const came = topics.reduce((sum, topic) => sum + (appended.get(topic) ?? 0), 0);
        const seen = [...(progress.get(name)?.lag.values() ?? [])].reduce((sum, one) => sum + Number(one), 0);
        return [name, Math.max(seen, came - (committed.get(name)?.read ?? 0), 0)] as const;
      }),
  );
