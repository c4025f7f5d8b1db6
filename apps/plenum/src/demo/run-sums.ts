/** What a run added to the log and to the read models, from positions and checkpoints before and after it. */
import { sets, topics } from '@plenum/catalogue';
import { setCheckpoints } from '@plenum/postgres';
import { quarantineTopic } from '@plenum/quarantine';
import type { IngestSums, Position, Sums } from '@plenum/runtime';
import type { Foundation } from '../stack/foundation.ts';

export type Standing = {
  /** Where every partition of the log ends. */
  readonly ends: readonly Position[];
  readonly sums: readonly { readonly set: string; readonly topic: string; readonly sums: Sums }[];
  readonly bridge: IngestSums;
};

/** How things stand at this moment. The bridge counts since it started; the rest since there is a log. */
export const standing = async ({ log, database }: Foundation, bridge: IngestSums): Promise<Standing> => {
  const ends: Position[] = [];
  for (const { name: topic } of topics) {
    for (const { partition, next } of await log.positions(topic)) ends.push({ topic, partition, next });
  }
  const sums = [];
  for (const set of sets) {
    for (const checkpoint of await setCheckpoints(database.pool, set)) sums.push({ set: set.name, ...checkpoint });
  }
  return { ends, sums, bridge };
};

export type RunSums = {
  /** Counted at the bridge's sockets. */
  readonly received: number;
  /** In the log as the events they report. */
  readonly appended: number;
  readonly quarantined: number;
  /** Appended and read by no set; commands are. */
  readonly forNoSet: number;
  readonly applied: number;
  readonly duplicates: number;
  readonly notForIt: number;
  readonly parked: number;
  /** What does not balance, in words; empty when everything does. */
  readonly problems: readonly string[];
};

/** The difference of two standings, with every sum held against another that was counted elsewhere. */
export const sumsOfRun = (before: Standing, after: Standing): RunSums => {
  const inLog = (wanted: (topic: string) => boolean): number =>
    after.ends.reduce((sum, end, index) => {
      return wanted(end.topic) ? sum + Number(end.next - (before.ends[index]?.next ?? 0n)) : sum;
    }, 0);
  const isQuarantine = (topic: string): boolean => topic === quarantineTopic.name;
  const isRead = (topic: string): boolean => sets.some((set) => set.topics.includes(topic));
  const inSets = (count: keyof Sums, wanted: (topic: string) => boolean): number =>
    sumOf(after, count, wanted) - sumOf(before, count, wanted);

  const { bridge } = after;
  const added = (count: 'received' | 'appended' | 'quarantined' | 'discarded' | 'inHand'): number =>
    bridge[count] - before.bridge[count];
  const dropped = total(bridge.dropped) - total(before.bridge.dropped);
  const events = (topic: string): boolean => !isQuarantine(topic);
  const sums = {
    received: added('received'),
    appended: added('appended'),
    quarantined: added('quarantined') + added('discarded'),
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
  hold('received = appended + quarantined + dropped', sums.received, sums.appended + sums.quarantined + dropped);
  hold('appended = records in the log', sums.appended, inLog(events));
  if (added('discarded') === 0) hold('quarantined = records in the quarantine', sums.quarantined, inLog(isQuarantine));
  const read = sums.applied + sums.duplicates + sums.notForIt + sums.parked;
  hold('appended = applied + duplicates + parked + not for any set', sums.appended, read + sums.forNoSet);
  hold('quarantined records = those in the read model', inLog(isQuarantine), inSets('read', isQuarantine));
  return { ...sums, problems };
};

const sumOf = ({ sums }: Standing, count: keyof Sums, wanted: (topic: string) => boolean): number =>
  sums.reduce((sum, checkpoint) => (wanted(checkpoint.topic) ? sum + checkpoint.sums[count] : sum), 0);

const total = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((a, b) => a + b, 0);
