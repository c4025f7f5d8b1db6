/** What a run added to the log and to the read models, from positions and checkpoints before and after it. */
import { sets, topics } from '@plenum/catalogue';
import { setCheckpoints } from '@plenum/postgres';
import { quarantineTopic } from '@plenum/quarantine';
import type { IngestSums, Position, Sums } from '@plenum/runtime';
import { reportTopics } from '../stack/device-topics.ts';
import type { Foundation } from '../stack/foundation.ts';
import { droppedOf } from './figures.ts';

export type Standing = {
  /** Where every partition of the log ends. */
  readonly ends: readonly Position[];
  readonly sums: readonly { readonly set: string; readonly topic: string; readonly sums: Sums }[];
};

/** How things stand at this moment, counted since there is a log. */
export const standing = async ({ log, database }: Foundation): Promise<Standing> => {
  const ends: Position[] = [];
  for (const { name: topic } of topics) {
    for (const { partition, next } of await log.positions(topic)) ends.push({ topic, partition, next });
  }
  const sums = [];
  for (const set of sets) {
    for (const checkpoint of await setCheckpoints(database.pool, set)) sums.push({ set: set.name, ...checkpoint });
  }
  return { ends, sums };
};

export type RunSums = {
  /** Counted at the bridge's sockets. */
  readonly received: number;
  /** In the log as the events they report. */
  readonly appended: number;
  readonly quarantined: number;
  /** Received and kept nowhere: nobody was promised it. */
  readonly dropped: number;
  /** Appended and read by no set; commands are. */
  readonly forNoSet: number;
  readonly applied: number;
  readonly duplicates: number;
  readonly notForIt: number;
  readonly parked: number;
  /** What does not balance, in words; empty when everything does. */
  readonly problems: readonly string[];
};

export type Run = {
  readonly before: Standing;
  readonly after: Standing;
  /** Of a bridge that started between the two, and counts since then. */
  readonly bridge: IngestSums;
};

/** The difference of two standings, with every sum held against another that was counted elsewhere. */
export const sumsOfRun = ({ before, after, bridge }: Run): RunSums => {
  const inLog = (wanted: (topic: string) => boolean): number =>
    after.ends.reduce((sum, end, index) => {
      return wanted(end.topic) ? sum + Number(end.next - (before.ends[index]?.next ?? 0n)) : sum;
    }, 0);
  const isQuarantine = (topic: string): boolean => topic === quarantineTopic.name;
  const isRead = (topic: string): boolean => sets.some((set) => set.topics.includes(topic));
  const inSets = (count: keyof Sums, wanted: (topic: string) => boolean): number =>
    sumOf(after, count, wanted) - sumOf(before, count, wanted);

  const events = (topic: string): boolean => reportTopics.has(topic);
  const sums = {
    received: bridge.received,
    appended: bridge.appended,
    quarantined: bridge.quarantined + bridge.discarded,
    dropped: droppedOf(bridge),
    forNoSet: inLog((topic) => events(topic) && !isRead(topic)),
    applied: inSets('applied', events),
    duplicates: inSets('duplicates', events),
    notForIt: inSets('notForIt', events),
    parked: inSets('parked', events),
  };
  const problems: string[] = [];
  const hold = (what: string, left: number, right: number): void => {
    if (left !== right) problems.push(`${what}: ${left} is not ${right}`);
  };
  hold('received = appended + quarantined + dropped', sums.received, sums.appended + sums.quarantined + sums.dropped);
  hold('appended = records in the log', sums.appended, inLog(events));
  if (bridge.discarded === 0) hold('quarantined = records in the quarantine', sums.quarantined, inLog(isQuarantine));
  const read = sums.applied + sums.duplicates + sums.notForIt + sums.parked;
  hold('appended = applied + duplicates + parked + not for any set', sums.appended, read + sums.forNoSet);
  hold('quarantined records = those in the read model', inLog(isQuarantine), inSets('read', isQuarantine));
  return { ...sums, problems };
};

const sumOf = ({ sums }: Standing, count: keyof Sums, wanted: (topic: string) => boolean): number =>
  sums.reduce((sum, checkpoint) => (wanted(checkpoint.topic) ? sum + checkpoint.sums[count] : sum), 0);
