/** What happens to the log when brokers come, go, freeze and hand over, on three real ones. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { after, describe, it, type TestContext } from 'node:test';
import { partitionOf, type Topic } from '@plenum/event';
import { clusterReady, type LocalKafka, testKafka } from '@plenum/local-kafka/testing';
import type { Logger } from '@plenum/runtime';
import { silentLogger } from '@plenum/runtime/testing';
import kafkajs, { type Admin } from 'kafkajs';
import { connectAdmin } from './client/client.ts';
import { endClient } from './client/sockets.ts';
import { type KafkaLogSettings, kafkaLog } from './kafka-log.ts';
import { makeCluster } from './read/internals.ts';
import { follow, record, textsIn } from './testing/read-back.ts';
import { testTopic } from './testing/test-topics.ts';
import { openWireProxy } from './testing/wire-proxy.ts';
import { ensureTopics } from './topics.ts';

const timeout = 180_000;
/**
 * Six seconds until the others know that a broker is gone, six until a client does, and a way round it; several times as
 * much on a busy machine.
 */
const followMs = 90_000;
const { kafka, skip, stop } = await testKafka({ nodes: 3, logger: silentLogger });

/** A logger that says when an append was tried to the end of kafkajs' retries, and is tried again. */
const listening = (): { readonly logger: Logger; waited(): Promise<void> } => {
  const heard = new EventEmitter();
  return {
    logger: { ...silentLogger, warn: (_, message) => void heard.emit(message) },
    async waited() {
      await once(heard, 'the log is away: trying again');
    },
  };
};

const keyIn = (topic: Topic, partition: number): string => {
  for (let index = 0; ; index += 1) if (partitionOf(`k${index}`, topic.partitions) === partition) return `k${index}`;
};

const leaderOf = async (admin: Admin, topic: string, partition = 0): Promise<number> => {
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
  return topics[0]?.partitions.find(({ partitionId }) => partitionId === partition)?.leader ?? -1;
};

/** The leader as a client says that has never asked before. */
const askedAnew = async ({ brokers }: LocalKafka, topic: string): Promise<number> => {
  const admin = await connectAdmin({ brokers, clientId: 'asking', retries: 0, requestTimeoutMs: 2_000 });
  try {
    return await leaderOf(admin, topic);
  } finally {
    await admin.disconnect();
  }
};

const coordinatorOf = async ({ brokers }: LocalKafka, groupId: string): Promise<number> => {
  const { cluster, sockets } = makeCluster({ brokers, clientId: 'asking' });
  try {
    await cluster.connect();
    await cluster.refreshMetadata();
    return (await cluster.findGroupCoordinator({ groupId })).nodeId;
  } finally {
    await endClient(sockets, () => cluster.disconnect());
  }
};

/** Moves a partition that is kept once, and with it its leader. Settles when it has moved. */
const move = async (
  admin: Admin,
  topic: string,
  { partition, to, signal }: { partition: number; to: number; signal: AbortSignal },
): Promise<void> => {
  const partitionAssignment = [{ partition, replicas: [to] }];
  await admin.alterPartitionReassignments({ topics: [{ topic, partitionAssignment }] });
  const wanted = (): Promise<boolean> =>
    leaderOf(admin, topic, partition).then(
      (leader) => leader === to,
      () => false,
    );
  while (!(await wanted())) signal.throwIfAborted();
};

const suite = (cluster: LocalKafka): void => {
  const open = async (t: TestContext, topic: Topic, more: Partial<KafkaLogSettings> = {}) => {
    await clusterReady(cluster.brokers, t.signal);
    const settings = {
      brokers: cluster.brokers,
      clientId: 'cluster',
      logger: silentLogger,
      requestTimeoutMs: 2_000,
      retryMs: 60_000,
      replicationFactor: 3,
    };
    const log = await kafkaLog({ ...settings, topics: [topic], ...more });
    const admin = await connectAdmin({
      brokers: cluster.brokers,
      clientId: 'admin',
      retries: 8,
      requestTimeoutMs: 2_000,
    });
    t.after(async () => {
      for (const node of [1, 2, 3]) {
        if (cluster.pids().has(node)) cluster.wake(node);
        else await cluster.start(node);
      }
      await Promise.all([log.close(), admin.disconnect()]);
    });
    return {
      log,
      admin,
      say: (text: string) => log.append([record(topic.name, keyIn(topic, 0), text)]),
    };
  };

  describe('a leader that moves to a broker that has already answered (B1)', { timeout }, () => {
    it('says at every start which topics have fewer copies than there could be', { timeout }, async (t) => {
      const topic = testTopic(1);
      await open(t, topic, { replicationFactor: 1 });
      const warned: unknown[] = [];
      const logger: Logger = { ...silentLogger, warn: (fields, message) => void warned.push([message, fields]) };
      await ensureTopics({ brokers: cluster.brokers, clientId: 'starts', logger }, { topics: [topic] });
      const few = [`${topic.name} is kept 1 times, not 3`];
      assert.deepEqual(warned, [['topics have fewer copies than brokers could keep', { few, brokers: 3 }]]);
    });

    it('makes a bare producer lose a message and resolve, and the log keeps it', { timeout }, async (t) => {
      const topic = testTopic(2);
      const { log, admin } = await open(t, topic, { replicationFactor: 1 });
      const answering = await leaderOf(admin, topic.name, 0);
      const elsewhere = (answering % 3) + 1;
      const there = () => move(admin, topic.name, { partition: 1, to: elsewhere, signal: t.signal });
      const back = () => move(admin, topic.name, { partition: 1, to: answering, signal: t.signal });

      const producer = new kafkajs.Kafka({ brokers: [...cluster.brokers], logLevel: 0 }).producer({
        createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
      });
      await producer.connect();
      t.after(() => producer.disconnect());
      const sendBoth = (text: string) =>
        producer.send({
          topic: topic.name,
          messages: [0, 1].map((partition) => ({ partition, value: `${text} ${partition}` })),
        });
      // It loses the message when the one broker has answered before the other has refused. It is a race: on a busy
      // machine the refusal may come long before, and then both messages are sent again.
      const loses = async (round: number): Promise<boolean> => {
        await there();
        await sendBoth(`warm ${round}`);
        await back();
        const answer = await sendBoth(`naive ${round}`);
        return !answer.some(({ partition }) => partition === 1);
      };
      let round = 0;
      while (!(await loses(round))) {
        t.signal.throwIfAborted();
        round += 1;
      }
      const naive = await textsIn(log, topic.name, 1);
      assert.ok(naive.includes(`warm ${round} 1`));
      assert.ok(!naive.includes(`naive ${round} 1`), 'it resolved, and the message is nowhere');

      const logBoth = (text: string) =>
        log.append([0, 1].map((partition) => record(topic.name, keyIn(topic, partition), `${text} ${partition}`)));
      await logBoth('log warm');
      await there();
      await back();
      await logBoth('log');
      // Reading asks for the leader again as well: what this reader knew of it is two moves old.
      assert.deepEqual(await textsIn(log, topic.name, 1), [...naive, 'log warm 1', 'log 1']);
    });
  });

  it('goes on when the leader is killed, for writer, follower and reader', { timeout }, async (t) => {
    const topic = testTopic(1);
    const { log, admin, say } = await open(t, topic);
    await allInSync(admin, topic.name, t.signal);
    const member = follow(log, topic.name, randomUUID());
    await say('before');
    await member.until(() => member.texts.length === 1);
    const leader = await leaderOf(admin, topic.name);
    const killed = cluster.kill(leader);
    await Promise.all(['a', 'b', 'c'].map((text) => say(text)));
    await killed;
    await member.until(() => new Set(member.texts).size === 4);
    await member.stop();
    const stored = await textsIn(log, topic.name, 0);
    assert.deepEqual([...new Set(stored)], ['before', 'a', 'b', 'c']);
    assert.deepEqual(member.texts, stored);
  });

  it('acknowledges nothing while two of three are down, and recovers by itself', { timeout }, async (t) => {
    const topic = testTopic(1);
    const { logger, waited } = listening();
    const { log, admin, say } = await open(t, topic, { logger });
    await allInSync(admin, topic.name, t.signal);
    await say('before');
    const leader = await leaderOf(admin, topic.name);
    const others = [...cluster.pids().keys()].filter((node) => node !== leader);
    await Promise.all(others.map((node) => cluster.kill(node)));
    let acknowledged = false;
    const pending = say('while down').then(() => {
      acknowledged = true;
    });
    await waited();
    assert.equal(acknowledged, false);
    await Promise.all(others.map((node) => cluster.start(node)));
    await pending;
    assert.deepEqual([...new Set(await textsIn(log, topic.name, 0))], ['before', 'while down']);
  });

  it('goes round a frozen leader, and believes nothing it says when it wakes', { timeout }, async (t) => {
    const topic = testTopic(1);
    const { admin } = await open(t, topic);
    await allInSync(admin, topic.name, t.signal);
    const leader = await leaderOf(admin, topic.name);
    // The one that is about to freeze stands first: a new client would ask it before the others, and for ever.
    const frozen = cluster.brokers[leader - 1] ?? '';
    const brokers = [frozen, ...cluster.brokers.filter((address) => address !== frozen)];
    const { log, say } = await open(t, topic, { brokers });
    await say('before');
    await cluster.freeze(leader);
    await Promise.all(['a', 'b'].map((text) => say(text)));
    // A client asks whom it is connected to, and when that is the frozen one alone, it asks it for ever: a new one each time.
    while ((await askedAnew(cluster, topic.name).catch(() => leader)) === leader) t.signal.throwIfAborted();
    cluster.wake(leader);
    await say('after');
    await allInSync(admin, topic.name, t.signal);
    // Until it knows better, the woken one shows an older end: less than there is, and nothing that is not there.
    let stored = await textsIn(log, topic.name, 0);
    while (!stored.includes('after')) {
      t.signal.throwIfAborted();
      stored = await textsIn(log, topic.name, 0);
    }
    assert.deepEqual([...new Set(stored)], ['before', 'a', 'b', 'after']);
  });

  it('follows on elsewhere when the only broker that a follower is connected to freezes', { timeout }, async (t) => {
    const group = randomUUID();
    const leader = await coordinatorOf(cluster, group);
    // Which broker leads a topic is up to the cluster: one of a dozen will be this one's.
    const topics = Array.from({ length: 12 }, () => testTopic(1));
    const { admin } = await open(t, testTopic(1), { topics });
    const leaders = await Promise.all(topics.map(({ name }) => leaderOf(admin, name)));
    const topic = topics[leaders.indexOf(leader)];
    assert.ok(topic, `broker ${leader} leads none of ${leaders}`);
    const { say } = await open(t, topic);
    await allInSync(admin, topic.name, t.signal);
    const proxy = await openWireProxy();
    t.after(proxy.close);
    const { socketFactory } = proxy;
    // With the usual request timeout, which is longer than that of the others here.
    const settings = { brokers: cluster.brokers, clientId: 'follower', logger: silentLogger, socketFactory };
    const following = await kafkaLog({ ...settings, topics: [topic] });
    t.after(following.close);
    const member = follow(following, topic.name, group);
    await say('before');
    await member.until(() => member.texts.length === 1);
    // What is left is what remains after ten minutes, when brokers end connections that nobody uses.
    proxy.cutAllBut(Number(cluster.brokers[leader - 1]?.split(':')[1]));

    await cluster.freeze(leader);
    const startMs = performance.now();
    await say('after');
    const saidMs = performance.now() - startMs;
    await member.until(() => new Set(member.texts).size === 2);
    const seenMs = performance.now() - startMs;
    t.diagnostic(`stored after ${Math.round(saidMs)} ms, seen after ${Math.round(seenMs)} ms`);
    assert.ok(seenMs < followMs, `it took ${Math.round(seenMs)} ms`);
    await member.stop();
  });
};

/** Settles when every broker has everything. */
const allInSync = async (admin: Admin, topic: string, signal: AbortSignal): Promise<void> => {
  const inSync = async (): Promise<number> => {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    return topics[0]?.partitions[0]?.isr.length ?? 0;
  };
  while ((await inSync().catch(() => 0)) < 3) signal.throwIfAborted();
};

describe('on three brokers', { skip }, () => {
  after(stop);
  if (kafka) suite(kafka);
});
