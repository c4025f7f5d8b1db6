import type { Topic } from '@plenum/event';
import type { ConsumerId, TopicPartition } from './checkpoint-store.ts';

/** The name of the group in which the processes of a consumer share its partitions. */
export const groupOf = ({ name, version, generation }: ConsumerId): string => `${name}.v${version}.g${generation}`;

/** Every partition of the topics that a consumer reads. @throws when one of them is not declared. */
export const partitionsOf = (
  consumer: Pick<ConsumerId, 'name'>,
  names: readonly string[],
  topics: readonly Pick<Topic, 'name' | 'partitions'>[],
): readonly TopicPartition[] =>
  names.flatMap((name) => {
    const topic = topics.find((candidate) => candidate.name === name);
    if (topic === undefined) throw new Error(`${consumer.name} reads ${name}, which no topic is declared for`);
    return Array.from({ length: topic.partitions }, (_, partition) => ({ topic: name, partition }));
  });

export const nameOfPartition = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;
