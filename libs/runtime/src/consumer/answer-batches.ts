/**
 * Batches of different partitions in a reaction: where they begin is looked up, what they ask for is issued, and their checkpoints
 * move together. Not in one transaction: commands have their own, and the checkpoints' locks would be held for as long as they
 * take. So a process that was frozen in between may issue what was answered meanwhile; ids see to it that nothing is
 * recorded twice.
 */
import { decodeAll, type Read } from '../event-codec.ts';
import type { Batch } from '../log.ts';
import type { Patience } from '../patience.ts';
import { turns } from '../turns.ts';
import { type AnswerEvent, answerEvent } from './answer-event.ts';
import {
  type CheckpointStore,
  type CheckpointsTransaction,
  type ConsumerId,
  type Move,
  noCounters,
  type PartitionTransaction,
  type Released,
  type TopicPartition,
} from './checkpoint-store.ts';
import { isParked, isReason, type Parking, parkedBefore, parkUndecodable, toParked } from './parking.ts';
import { nameOfPartition } from './partitions.ts';
import type { ParkedAgain } from './retry-parked.ts';
import type { Handled } from './run-consumer.ts';

export type AnswerBatches = AnswerEvent & {
  readonly consumer: ConsumerId;
  readonly checkpoints: CheckpointStore;
  /** Where this process has moved checkpoints to itself, by the name of the partition. It need not be asked where they are. */
  readonly movedTo: Map<string, bigint>;
};

/** Keys whose events are answered at a time. What is decided at the same time shares transactions. */
const keysAtATime = 64;

/**
 * Answers of each batch as a consumer's handler does; `held` when somebody else is at that partition: hand the batch in again by
 * itself, which waits. `undefined` when stopped.
 */
export const answerBatches = async (
  parts: AnswerBatches,
  batches: readonly Batch[],
  patient: Patience,
): Promise<readonly (Handled | 'held')[] | undefined> => {
  const read = await Promise.all(batches.map(({ records }) => decodeAll(parts.codec, records)));
  const seen = await look(parts, batches, patient);
  if (seen === undefined) return undefined;
  const answers = await answerAll(
    parts,
    batches.map((batch, index) => shareOf(batch, seen[index], read[index] ?? [])),
    patient,
  );
  return answers && note(parts, answers, patient);
};

/** A partition's checkpoint as it was before anything was issued; `held` when somebody else has it. */
type Seen = { readonly next: bigint; readonly parked: number; readonly parking: Parking } | 'held';

const look = async (
  { consumer, checkpoints, movedTo }: AnswerBatches,
  batches: readonly Batch[],
  patient: Patience,
): Promise<readonly Seen[] | undefined> => {
  const isKnown = (batch: Batch): boolean => movedTo.get(nameOfPartition(batch)) === batch.fetchedOffset;
  const asked = batches.filter((batch) => !isKnown(batch));
  const found = new Map<Batch, Seen>();
  if (asked.length > 0) {
    const looked = await patient(() =>
      checkpoints.transactTogether(consumer, asked.map(placeOf), async ({ partitions }) => {
        const all: Seen[] = [];
        for (const [index, batch] of asked.entries()) all.push(await seenIn(partitions[index], batch));
        return all;
      }),
    );
    if (looked === undefined) return undefined;
    for (const [index, batch] of asked.entries()) found.set(batch, looked[index] ?? 'held');
  }
  return batches.map((batch) => found.get(batch) ?? { next: batch.fetchedOffset, parked: 0, parking: new Map() });
};

const seenIn = async (tx: PartitionTransaction | undefined, { records }: Batch): Promise<Seen> => {
  if (tx === undefined) return 'held';
  const { next, counters } = tx.checkpoint;
  return { next, parked: counters.parked, parking: await parkedBefore(tx, records) };
};

type Share = {
  readonly batch: Batch;
  readonly seen: Exclude<Seen, 'held'>;
  readonly items: readonly Read[];
  readonly counts: { applied: number; duplicates: number; notForIt: number };
};

/** What is to be answered of a batch; else what is known of it: it is held, or begins elsewhere than the checkpoint. */
const shareOf = (batch: Batch, seen: Seen | undefined, read: readonly Read[]): Share | Handled | 'held' => {
  if (seen === undefined || seen === 'held') return 'held';
  if (batch.fetchedOffset > seen.next || batch.nextOffset <= seen.next) return elsewhere(seen.next);
  const items = read.filter(({ record }) => record.offset >= seen.next);
  parkUndecodable(seen.parking, items);
  return { batch, seen, items, counts: { applied: 0, duplicates: 0, notForIt: 0 } };
};

const elsewhere = (next: bigint): Handled => ({ next, read: 0, newlyParked: [] });

const isShare = (one: Share | Handled | 'held'): one is Share => one !== 'held' && 'batch' in one;

type Answers = readonly (Share | Handled | 'held')[];

/** Events of a key in their order, those of several keys beside each other. @throws when all have come to an end. */
const answerAll = async (parts: AnswerBatches, shares: Answers, patient: Patience): Promise<Answers | undefined> => {
  const { run } = turns({ atATime: keysAtATime });
  const lanes = shares.filter(isShare).flatMap((share) => {
    const byKey = Map.groupBy(share.items, ({ record }) => record.key);
    return [...byKey.values()].map((items) => run(() => answerInOrder(parts, { share, items }, patient)));
  });
  const settled = await Promise.allSettled(lanes);
  const failed = settled.find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
  const wasStopped = settled.some((one) => one.status === 'fulfilled' && one.value === 'stopped');
  return wasStopped ? undefined : shares;
};

type Lane = { readonly share: Share; readonly items: readonly Read[] };

const answerInOrder = async (
  parts: AnswerBatches,
  { share: { seen, counts }, items }: Lane,
  patient: Patience,
): Promise<'stopped' | 'answered'> => {
  for (const { record, known } of items) {
    if (known.outcome !== 'event' || isParked(seen.parking, record)) continue;
    const came = await answerEvent(parts, known.event, patient);
    if (came === undefined) return 'stopped';
    counts[came] += 1;
  }
  return 'answered';
};

const note = async (
  { consumer, checkpoints, movedTo }: AnswerBatches,
  answers: Answers,
  patient: Patience,
): Promise<readonly (Handled | 'held')[] | undefined> => {
  const shares = answers.filter(isShare);
  const noted =
    shares.length === 0
      ? []
      : await patient(() =>
          checkpoints.transactTogether(
            consumer,
            shares.map(({ batch }) => placeOf(batch)),
            (tx) => noteIn(tx, shares),
          ),
        );
  if (noted === undefined) return undefined;
  for (const [index, { batch }] of shares.entries()) {
    const one = noted[index];
    const name = nameOfPartition(batch);
    if (one !== undefined && one !== 'held' && one.parked === 0) movedTo.set(name, one.next);
    else movedTo.delete(name);
  }
  const ofShares = noted.values();
  return answers.map((one) => (isShare(one) ? (ofShares.next().value ?? 'held') : one));
};

/** `parked`: how many records of the partition are, in all. */
type Noted = Handled & { readonly parked: number };

const noteIn = async (tx: CheckpointsTransaction, shares: readonly Share[]): Promise<readonly (Noted | 'held')[]> => {
  const noted: (Noted | 'held')[] = [];
  const moves: Move[] = [];
  for (const [index, { batch, seen, items, counts }] of shares.entries()) {
    const partition = tx.partitions[index];
    if (partition === undefined) {
      noted.push('held');
      continue;
    }
    const { next, counters } = partition.checkpoint;
    // Somebody else was here, or released a key that was taken for parked: read again from where it is now.
    if (next !== seen.next || counters.parked !== seen.parked) {
      noted.push({ ...elsewhere(next), parked: counters.parked });
      continue;
    }
    const parked = items
      .filter(({ record }) => isParked(seen.parking, record))
      .map((item) => toParked(seen.parking, item));
    if (parked.length > 0) await partition.park(parked);
    const added = { ...noCounters, ...counts, read: items.length, parked: parked.length };
    moves.push({ at: placeOf(batch), next: batch.nextOffset, counters: added });
    noted.push({
      ...{ next: batch.nextOffset, read: items.length, newlyParked: parked.filter(isReason) },
      parked: counters.parked + parked.length,
    });
  }
  if (moves.length > 0) await tx.advance(moves);
  return noted;
};

const placeOf = ({ topic, partition }: TopicPartition): TopicPartition => ({ topic, partition });

/** Up to the first record that still cannot be decoded. */
export const answerParked = async (parts: AnswerBatches, { at, key, records }: ParkedAgain): Promise<number> => {
  const read = await decodeAll(parts.codec, records);
  const counts: Record<keyof Released, number> = { applied: 0, duplicates: 0, notForIt: 0 };
  let last: bigint | undefined;
  let released = 0;
  for (const { record, known } of read) {
    if (known.outcome !== 'event') break;
    // Transient failures are waited out by the caller, which tries again; the ids make that harmless.
    const came = await answerEvent(parts, known.event, (work) => work());
    if (came !== undefined) counts[came] += 1;
    last = record.offset;
    released += 1;
  }
  const through = last;
  if (through === undefined) return 0;
  await parts.checkpoints.transact(parts.consumer, at, (tx) => tx.release(key, through, counts));
  return released;
};
