/**
 * For `frozen-member.int.test.ts`: a member of a group as a process of its own. It keeps its checkpoints in table
 * `checkpoint`, deliberately without a fence, and writes a line of JSON for everything it is given.
 */
import { openPool } from '../../pool.ts';
import { silentLogger } from '../../testing/index.ts';
import { postgresLog } from '../postgres-log.ts';
import { testTopics } from './test-log.ts';

export type MemberLine =
  | { readonly what: 'assigned'; readonly partition: number }
  | { readonly what: 'handled'; readonly partition: number; readonly texts: readonly string[] };

const [, , url = '', group = ''] = process.argv;
const say = (line: MemberLine): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

const pool = openPool({ url, applicationName: 'member process', connectionsMax: 8 });
const log = await postgresLog({ pool, topics: testTopics, logger: silentLogger });
const stop = new AbortController();
process.once('SIGTERM', () => stop.abort());
await log.subscribe(
  {
    group,
    topics: [testTopics[0].name],
    recordsMax: 10,
    async position(_topic, partition) {
      const { rows } = await pool.query<{ next: string }>('select next from checkpoint where part = $1', [partition]);
      say({ what: 'assigned', partition });
      return BigInt(rows[0]?.next ?? 0);
    },
    async handle({ partition, records, nextOffset }) {
      await pool.query('update checkpoint set next = $2 where part = $1', [partition, nextOffset]);
      say({ what: 'handled', partition, texts: records.map((record) => Buffer.from(record.value).toString()) });
      return nextOffset;
    },
  },
  stop.signal,
);
await log.close();
await pool.end();
