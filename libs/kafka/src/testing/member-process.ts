/** For `killed-suite.ts`: a member of a group as a process of its own, which says when it was given its partition. */
import { silentLogger } from '@plenum/runtime/testing';
import { kafkaLog } from '../kafka-log.ts';
import { longSession } from './long-session.ts';
import { testTopic } from './test-topics.ts';

const [, , brokers = '', topic = '', group = '', mark = ''] = process.argv;
const log = await kafkaLog({
  ...{ brokers: brokers.split(','), clientId: 'member process', logger: silentLogger, ...longSession },
  topics: [{ ...testTopic(1), name: topic }],
  presence: () => ({ mark, absent: async () => [] }),
});
await log.subscribe(
  {
    ...{ group, topics: [topic], recordsMax: 10 },
    position: async () => {
      process.stdout.write('assigned\n');
      return 0n;
    },
    handle: async ({ nextOffset }) => nextOffset,
  },
  new AbortController().signal,
);
