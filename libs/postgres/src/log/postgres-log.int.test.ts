import { logContract } from '@plenum/runtime/testing';
import { testDatabase } from '../testing/index.ts';
import { openTestLog, testTopics } from './testing/test-log.ts';

logContract('postgres', async (t) => {
  const { url, pool } = await testDatabase(t);
  const log = await openTestLog(t, url);
  return {
    log,
    topics: testTopics,
    another: () => openTestLog(t, url),
    async truncate(topic, partition, first) {
      await pool.query(
        `update plenum_log.log_head set log_start = $3 where part = $2
            and topic = (select id from plenum_log.log_topic where name = $1)`,
        [topic, partition, first],
      );
    },
  };
});
