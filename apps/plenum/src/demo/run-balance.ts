/** What a run added to the log and to the read models, from positions and checkpoints before and after it. */
import { projections, topics } from '@plenum/catalogue';
import { responsesTopic } from '@plenum/ceiling';
import { isEvent } from '@plenum/event';
import { projectionCheckpoints } from '@plenum/postgres';
import { MessageQuarantined, type MessageQuarantinedData, quarantineTopic } from '@plenum/quarantine';
import type { Counters, IngestBalance, Position } from '@plenum/runtime';
import { deviceTopics, reportTopics } from '../stack/device-topics.ts';
import type { Foundation } from '../stack/foundation.ts';
import { droppedOf, type ProjectionCounters } from './live-metrics.ts';

export type Standing = {
  /** Where every partition of the log ends. */
  readonly ends: readonly Position[];
  readonly checkpoints: readonly { readonly projection: string; readonly topic: string; readonly counters: Counters }[];
};

/**
 * Answers to commands that were taken and then found not to fit, which went into quarantine a second time: not as the bridge read
 * them, but as what became of them.
 */
export const refusedAnswers = async (
  { log, codec }: Pick<Foundation, 'log' | 'codec'>,
  { before, after }: Pick<Run, 'before' | 'after'>,
): Promise<number> => {
  let refused = 0;
  for (const { topic, partition, next: to } of after.ends) {
    const from = before.ends.find((end) => end.topic === topic && end.partition === partition)?.next ?? 0n;
    if (topic !== quarantineTopic.name || from >= to) continue;
    for await (const { records } of log.read({ topic, partition, from, to })) {
      for (const record of records) {
        const decoded = codec.decode(record);
        if (decoded.outcome !== 'event' || !isEvent<MessageQuarantinedData>(MessageQuarantined, decoded.event))
          continue;
        if (decoded.event.data.code.startsWith('answer-')) refused += 1;
      }
    }
  }
  return refused;
};

/** How things stand at this moment, counted since there is a log. */
export const standing = async ({ log, database }: Foundation): Promise<Standing> => {
  const ends: Position[] = [];
  for (const { name: topic } of topics) {
    for (const { partition, next } of await log.positions(topic)) ends.push({ topic, partition, next });
  }
  const checkpoints = [];
  for (const projection of projections) {
    for (const checkpoint of await projectionCheckpoints(database.pool, projection))
      checkpoints.push({ projection: projection.name, ...checkpoint });
  }
  return { ends, checkpoints };
};

/** Answers to commands, and what a broker gives back of what Plenum sent itself, are not counted here but where it says so. */
export type RunBalance = {
  /** Counted at the bridge's sockets. */
  readonly received: number;
  /** In the log as the events they report. */
  readonly appended: number;
  readonly quarantined: number;
  /** Received and kept nowhere: nobody was promised it. */
  readonly dropped: number;
  /** Appended and read by no projection; commands are. */
  readonly unread: number;
  /** What nodes said of commands, and the log has. */
  readonly answers: number;
  /** Of each projection that reads what devices reported. Several may read one topic, and each counts all of it. */
  readonly projections: readonly ProjectionCounters[];
  /** What does not balance, in words; empty when everything does. */
  readonly problems: readonly string[];
};

export type Run = {
  readonly before: Standing;
  readonly after: Standing;
  /** Of a bridge that started between the two, and counts since then. */
  readonly bridge: IngestBalance;
  /** As `refusedAnswers` counts them; none unless said. */
  readonly refusedAnswers?: number;
  readonly projections?: readonly Projection[];
};

type Projection = Pick<(typeof projections)[number], 'name' | 'topics'>;

/** The difference of two standings, with every count held against another that was counted elsewhere. */
export const balanceOfRun = (run: Run): RunBalance => {
  const { before, after, bridge, refusedAnswers: refused = 0, projections: all = projections } = run;
  const added = (topics: (topic: string) => boolean): number => {
    const { ends } = before;
    return after.ends.filter(({ topic }) => topics(topic)).reduce((sum, end) => sum + since(ends, end), 0);
  };
  const isReport = (topic: string): boolean => reportTopics.has(topic);
  const isQuarantine = (topic: string): boolean => topic === quarantineTopic.name;
  const isAnswers = (topic: string): boolean => topic === responsesTopic.name;
  const answers = added(isAnswers);
  const counters = {
    received: bridge.received,
    appended: bridge.appended,
    quarantined: bridge.quarantined + bridge.discarded,
    dropped: droppedOf(bridge),
    unread: added((topic) => isReport(topic) && !isAnswers(topic) && !all.some(({ topics }) => topics.includes(topic))),
  };
  const problems: string[] = [];
  const hold = (what: string, left: number, right: number): void => {
    if (left !== right) problems.push(`${what}: ${left} is not ${right}`);
  };
  hold(
    'received = appended + quarantined + dropped',
    counters.received,
    counters.appended + counters.quarantined + counters.dropped,
  );
  hold('appended = records in the log', counters.appended, added(isReport));
  if (bridge.discarded === 0)
    hold('quarantined = records in the quarantine', counters.quarantined + refused, added(isQuarantine));
  for (const projection of all) {
    const { name } = projection;
    const ofDevices = within(projection, deviceTopics);
    const { read, applied, duplicates, notForIt, parked } = difference(ofDevices, before, after);
    hold(
      `records in the topics of ${name} = read`,
      added((topic) => ofDevices.topics.includes(topic)),
      read,
    );
    hold(`${name}: read = applied + duplicates + not for it + parked`, read, applied + duplicates + notForIt + parked);
  }
  const ofReports = all.map((one) => within(one, reportTopics)).filter(({ topics }) => topics.length > 0);
  const { own } = bridge.dropped;
  const ofNodesThemselves = {
    received: counters.received - answers - own,
    appended: counters.appended - answers,
    dropped: counters.dropped - own,
  };
  return {
    ...counters,
    ...ofNodesThemselves,
    answers,
    projections: ofReports.map((one) => difference(one, before, after)),
    problems,
  };
};

const within = ({ name, topics }: Projection, some: ReadonlySet<string>): Projection => ({
  name,
  topics: topics.filter((topic) => some.has(topic)),
});

/** How far a partition came since the ends were noted; one that is not among them had nothing in it. */
const since = (ends: readonly Position[], { topic, partition, next }: Position): number =>
  Number(next - (ends.find((end) => end.topic === topic && end.partition === partition)?.next ?? 0n));

const difference = (of: Projection, before: Standing, after: Standing): ProjectionCounters => {
  const count = (key: keyof Counters): number => sumOf(after, of, key) - sumOf(before, of, key);
  return {
    ...{ projection: of.name, read: count('read'), applied: count('applied'), duplicates: count('duplicates') },
    ...{ notForIt: count('notForIt'), parked: count('parked') },
  };
};

const sumOf = ({ checkpoints }: Standing, { name, topics }: Projection, count: keyof Counters): number =>
  checkpoints.reduce(
    (sum, { projection, topic, counters: one }) =>
      projection === name && topics.includes(topic) ? sum + one[count] : sum,
    0,
  );

/** Over all of them: an event that two projections applied was applied twice. */
export const totalOf = (projections: readonly ProjectionCounters[], count: keyof Counters): number =>
  projections.reduce((sum, one) => sum + one[count], 0);
