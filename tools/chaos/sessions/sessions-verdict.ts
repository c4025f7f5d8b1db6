/** What became of everything that clients with kept sessions published: in the log, at subscribers, and retained. */
import { setTimeout as sleep } from 'node:timers/promises';
import { CommandSeen, type CommandSeenData } from '@plenum/ceiling';
import { isEvent } from '@plenum/event';
import type { Site } from '../site/site.ts';
import { type Deliveries, judgeDeliveries, numberOf } from './judge-deliveries.ts';
import type { KeptClient, Sent } from './kept-client.ts';
import { retainedAt } from './retained-now.ts';
import { everything, keptTopicOf, type SessionsLoad } from './sessions-load.ts';

export type SessionsVerdict = {
  readonly published: number;
  readonly acknowledged: number;
  /** Deliveries that were owed, those that did not come, and those that came more often than they may. */
  readonly owed: number;
  readonly missing: number;
  readonly twice: number;
  readonly heard: number;
  readonly again: number;
  readonly connected: number;
  readonly resumed: number;
  readonly cut: number;
  /** Topics on which something is retained at the end. */
  readonly retained: number;
  readonly problems: readonly string[];
};

const namedMax = 5;

/** While the bridges still run. @throws TransientFailure. */
export const sessionsVerdict = async (site: Site, load: SessionsLoad): Promise<SessionsVerdict> => {
  await load.quiet();
  const retained = await wrongRetained(load);
  await load.end();
  const { subscribers, publishers, owners } = load;
  const sent = publishers.flatMap((client) => [...client.sent.values()]);
  const acknowledged = sent.filter(({ acknowledgedMs }) => acknowledgedMs !== undefined).length;
  const deliveries = judgeDeliveries(sent, subscribers, owners.had);
  const { owed, missing, twice, again } = deliveries;
  const clients = [...subscribers, ...publishers];
  const sum = (count: (client: KeptClient) => number): number => clients.reduce((all, one) => all + count(one), 0);
  const problems = [
    ...clients.flatMap(({ clientId, problems: own }) => own.map((problem) => `${clientId}: ${problem}`)),
    ...some(
      'a delivery is missing',
      missing.map(({ what, clientId }) => `${what}; ${owners.inWords(clientId)}`),
    ),
    ...some('QoS 2 was delivered twice', twice),
    ...retained.problems,
    ...some('the log', await wrongInLog(site, sent)),
    ...(acknowledged < sent.length ? [`${sent.length - acknowledged} of ${sent.length} were never acknowledged`] : []),
    ...proves(deliveries, sum),
  ];
  return {
    ...{ published: sent.length, acknowledged, owed, missing: missing.length, twice: twice.length, again },
    ...{ heard: sum(({ heard }) => heard.length), connected: sum(({ counts }) => counts.connected) },
    ...{ resumed: sum(({ counts }) => counts.resumed), cut: sum(({ counts }) => counts.cut) },
    ...{ retained: retained.topics, problems },
  };
};

const some = (what: string, all: readonly string[]): readonly string[] => [
  ...all.slice(0, namedMax).map((one) => `${what}: ${one}`),
  ...(all.length > namedMax ? [`${what}: ${all.length} in all`] : []),
];

/** A run in which nothing was at stake proves nothing. */
const proves = ({ owed }: Deliveries, sum: (count: (client: KeptClient) => number) => number): readonly string[] => [
  ...(owed === 0 ? ['no delivery was owed to anybody'] : []),
  ...(sum(({ counts }) => counts.resumed) === 0 ? ['no session went on'] : []),
  ...(sum(({ counts }) => counts.cut) === 0 ? ['nobody was cut off'] : []),
];

/** A bridge hears of what another one retains, so it may take a moment. */
const wrongRetained = async (load: SessionsLoad) => {
  for (const fromMs = performance.now(); ; await sleep(100)) {
    const found = await retainedNow(load);
    if (found.problems.length === 0 || performance.now() - fromMs > heardMsMax) return found;
  }
};

const heardMsMax = 5_000;

const retainedNow = async ({ publishers, replicas }: SessionsLoad) => {
  const problems: string[] = [];
  let topics = 0;
  for (const replica of replicas) {
    const found = await retainedAt(replica, everything);
    topics = found.size;
    for (const client of publishers) {
      const topic = keptTopicOf(client.clientId);
      const last = [...client.sent.values()].filter(({ message }) => message.retain).at(-1);
      const expected = last?.message.payload === '' ? undefined : last?.message.payload;
      const is = found.get(topic);
      if (is !== expected) problems.push(`retained on ${topic} at ${replica.name}: ${is}, and not ${expected}`);
    }
  }
  return { problems, topics };
};

/** Acknowledged: at least one event. QoS 2: never more than one. */
const wrongInLog = async (site: Site, sent: readonly Sent[]): Promise<readonly string[]> => {
  const events = await eventsByNumber(site);
  return sent.flatMap(({ message: { n, qos, payload }, acknowledgedMs, attempts }) => {
    if (payload === '') return [];
    const count = events.get(n)?.size ?? 0;
    const tries = attempts.map(({ replica }) => replica).join(', ');
    if (count === 0 && acknowledgedMs !== undefined) return [`message ${n} (${tries}) is not in it`];
    return qos === 2 && count > 1 ? [`message ${n} of QoS 2 (${tries}) is ${count} events`] : [];
  });
};

/** Ids of the events of each of our messages. */
export const eventsByNumber = async ({
  log,
  codec,
}: Pick<Site, 'log' | 'codec'>): Promise<ReadonlyMap<number, ReadonlySet<string>>> => {
  const found = new Map<number, Set<string>>();
  const topic = CommandSeen.topic;
  for (const { partition, next } of await log.positions(topic)) {
    for await (const { records } of log.read({ topic, partition, from: 0n, to: next })) {
      for (const record of records) {
        const decoded = codec.decode(record);
        if (decoded.outcome !== 'event' || !isEvent<CommandSeenData>(CommandSeen, decoded.event)) continue;
        const n = numberOf(decoded.event.data.parameters);
        if (n !== undefined) found.getOrInsertComputed(n, () => new Set()).add(decoded.event.id);
      }
    }
  }
  return found;
};
