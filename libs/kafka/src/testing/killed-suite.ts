/** Members whose process is killed, in groups that would wait for them for ten minutes. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { LocalKafka } from '@plenum/local-kafka/testing';
import type { Presence } from '@plenum/runtime';
import { silentLogger, startProgram } from '@plenum/runtime/testing';
import { connectAdmin } from '../client/client.ts';
import { kafkaLog } from '../kafka-log.ts';
import { longSession } from './long-session.ts';
import { follow, record } from './read-back.ts';
import { testTopic } from './test-topics.ts';

const timeout = 120_000;
const program = path.join(import.meta.dirname, 'member-process.ts');

export const killedSuite = (kafka: LocalKafka): void => {
  const open = async (t: TestContext, absent: Presence['absent']) => {
    const topic = testTopic(1);
    const log = await kafkaLog({
      ...{ brokers: kafka.brokers, clientId: 'survivor', topics: [topic], logger: silentLogger, ...longSession },
      presence: () => ({ mark: 'survivor', absent }),
    });
    t.after(() => log.close());
    await log.append([record(topic.name, 'k', 'one')]);
    return { log, topic: topic.name, group: randomUUID() };
  };
  const startMember = (t: TestContext, topic: string, group: string) =>
    startProgram(t, { words: [program, kafka.brokers.join(','), topic, group, 'killed'], env: process.env });
  const membersOf = async (group: string): Promise<number> => {
    const admin = await connectAdmin({ brokers: kafka.brokers, clientId: 'admin', retries: 3 });
    try {
      const { groups } = await admin.describeGroups([group]);
      return groups[0]?.members.length ?? 0;
    } finally {
      await admin.disconnect();
    }
  };

  describe('a member whose process was killed', { timeout }, () => {
    it('is taken out of its group by the next that joins, when its mark is absent', async (t) => {
      const asked: string[] = [];
      const { log, topic, group } = await open(t, async (marks) => {
        asked.push(...marks);
        return marks;
      });
      const member = startMember(t, topic, group);
      await member.until((said) => said.includes('assigned') || undefined);
      member.process.kill('SIGKILL');
      await member.exited;
      assert.equal(await membersOf(group), 1, 'Kafka does not know yet');
      const next = follow(log, topic, group);
      await next.until(() => next.texts.length === 1);
      assert.deepEqual(asked, ['killed']);
      assert.equal(await membersOf(group), 1);
      await next.stop();
    });
  });

  it('leaves a member alone whose mark is present', { timeout }, async (t) => {
    const { log, topic, group } = await open(t, async () => []);
    const member = startMember(t, topic, group);
    await member.until((said) => said.includes('assigned') || undefined);
    const other = follow(log, topic, group);
    while ((await membersOf(group)) < 2);
    await other.stop();
  });
};
