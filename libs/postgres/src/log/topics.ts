import type { Topic } from '@plenum/event';
import { query } from '../pool.ts';
import type { LogDatabase } from './log-database.ts';

export type KnownTopic = { readonly id: number; readonly name: string; readonly partitions: number };

/** Every topic this log was opened with, by name. */
export type TopicTable = {
  /** @throws for a name that was not declared: a mistake in the program, never in the data. */
  get(name: string): KnownTopic;
  name(id: number): string;
};

type Declared = Pick<Topic, 'name' | 'partitions'>;

/**
 * Creates the topics that are missing.
 * @throws when a topic exists with another number of partitions: keys would land elsewhere than their earlier events.
 */
export const ensureTopics = async (
  { pool, schema }: LogDatabase,
  topics: readonly Declared[],
): Promise<readonly KnownTopic[]> => {
  const names = topics.map((topic) => topic.name);
  await query(
    pool,
    `with made as (
       insert into ${schema}.log_topic (name, partitions) select * from unnest($1::text[], $2::int[])
         on conflict (name) do nothing returning id, partitions)
     insert into ${schema}.log_head (topic, part)
       select made.id, p.part from made, generate_series(0, made.partitions - 1) p(part)`,
    [names, topics.map((topic) => topic.partitions)],
  );
  const known = await query<KnownTopic>(
    pool,
    `select id, name, partitions from ${schema}.log_topic where name = any($1::text[])`,
    [names],
  );
  for (const topic of topics) {
    const kept = known.find((candidate) => candidate.name === topic.name);
    if (kept?.partitions !== topic.partitions) {
      throw new Error(
        `topic ${topic.name} has ${kept?.partitions ?? 'no'} partitions in the log, but ${topic.partitions} are ` +
          'declared; the number is frozen for the life of a name',
      );
    }
  }
  return known;
};

export const topicTable = (topics: readonly KnownTopic[]): TopicTable => {
  const byName = new Map(topics.map((topic) => [topic.name, topic]));
  const byId = new Map(topics.map((topic) => [topic.id, topic.name]));
  return {
    get(name) {
      const topic = byName.get(name);
      if (topic === undefined) throw new Error(`topic ${name} was not declared when the log was opened`);
      return topic;
    },
    name(id) {
      const name = byId.get(id);
      if (name === undefined) throw new Error(`the log has no topic ${id}`);
      return name;
    },
  };
};
