/**
 * The one loop of everything that reads a log with a checkpoint: projections, the outbox relay, reactions. It takes part in
 * the group that shares the partitions, hands over batches, waits out transient failures, counts, sees to it that commits
 * which a database lost are made again, tries once more what was parked, and ends when it is asked to.
 *
 * The handler fences: it compares the checkpoint and moves it in the transaction of whatever it writes, so a process
 * that wakes late finds it moved and changes nothing.
 */
import type { Batch, Log } from '../log.ts';
import { type Patience, type Pause, patience } from '../patience.ts';
import { pause as untilStopped } from '../pause.ts';
import type { Logger } from '../ports.ts';
import type { CheckpointReads, ConsumerId, ParkedRecord, TopicPartition } from './checkpoint-store.ts';
import { groupOf } from './partitions.ts';
import { type ConsumerProgress, consumerProgress, noteBatch } from './progress.ts';
import { type QuietPartitions, quietPartitions } from './quiet-partitions.ts';
import { type RetryRecords, retryParked } from './retry-parked.ts';

export type RunConsumer = {
  readonly consumer: ConsumerId;
  /** What it is, for its lines in the process's log, and what is said beside each of them. */
  readonly kind: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly log: Pick<Log, 'subscribe' | 'read'>;
  readonly topics: readonly string[];
  readonly checkpoints: CheckpointReads;
  readonly handler: ConsumerHandler;
  readonly logger: Logger;
  /** Records in one batch, at most. */
  readonly recordsMax: number;
  /** Kept up to date while this runs. */
  readonly progress?: ConsumerProgress | undefined;
  /** How to wait out a transient failure; settles early when stopped. Simulations bring their own time. */
  readonly pause?: Pause | undefined;
};

/** What a consumer does with what it reads. Every function may throw TransientFailure, and is then called again. */
export type ConsumerHandler = {
  /** Makes the checkpoints' rows, and whatever else has to be there before the first read. What it answers is logged. */
  prepare(): Promise<object>;
  /**
   * Deals with one batch. `patient` waits out what fails on the way, where not all of it is to be done again; its answer
   * `undefined` (stopped) is handed on.
   */
  handle(batch: Batch, patient: Patience): Promise<Handled | undefined>;
  /** Tries records again that are parked. Without it, what is parked stays so. */
  readonly retry?: RetryRecords;
};

export type Handled = {
  /** Where to read on: the batch's `nextOffset` when it is dealt with, else the checkpoint. */
  readonly next: bigint;
  /** Records that were dealt with: none when the checkpoint was elsewhere. */
  readonly read: number;
  /** Of each key that this batch parked, the record that it is parked for. */
  readonly newlyParked: readonly ParkedRecord[];
};

/**
 * Runs one member of a consumer's group; any number may run. A transient failure is waited out for as long as it lasts,
 * visibly: nothing is skipped. Settles when `stop` aborts and the batches in hand are finished. Rejects on a bug, on a log
 * that no longer has what is to be read, and on what `prepare` refuses.
 */
export const runConsumer = async (parts: RunConsumer, stop: AbortSignal): Promise<void> => {
  const { consumer, kind, handler, logger, recordsMax, progress = consumerProgress() } = parts;
  const message = `${kind} waits for a transient failure to pass`;
  const patientUntil = (over: AbortSignal): Patience =>
    patience({ logger, fields: parts.fields, message, progress, pause: parts.pause }, over);
  const patient = patientUntil(stop);
  const group = groupOf(consumer);

  const prepared = await patient(handler.prepare);
  if (prepared === undefined) return;
  logger.info({ group, ...prepared }, `${kind} started`);

  const fault = new AbortController();
  const ended = AbortSignal.any([stop, fault.signal]);
  const takeParts = async (): Promise<void> => {
    // A log that is closed ends a membership by itself, and is not joined again.
    for (let again = true; again && !ended.aborted; ) {
      again = (await patient(() => takePart({ ...parts, progress }, patientUntil, ended))) === 'again';
    }
  };
  const retryAll = async (retry: RetryRecords): Promise<void> => {
    await retryParked({ ...parts, retry, patient, recordsMax }, ended);
    if (!ended.aborted) progress.hasTriedParked = true;
  };
  const { retry } = handler;
  try {
    await together(fault, [takeParts(), ...(retry === undefined ? [] : [retryAll(retry)])]);
  } finally {
    logger.info({ group }, `${kind} stopped`);
  }
};

type PatientUntil = (over: AbortSignal) => Patience;
type TakePart = RunConsumer & { readonly progress: ConsumerProgress };

/**
 * One membership: until it is ended, or a partition is found to have gone back, for all of them are looked up at the next.
 */
const takePart = async (parts: TakePart, patientUntil: PatientUntil, ended: AbortSignal): Promise<'again' | 'over'> => {
  const { consumer, log, checkpoints, logger, topics, recordsMax, pause = untilStopped } = parts;
  const group = groupOf(consumer);
  const end = new AbortController();
  const over = AbortSignal.any([ended, end.signal]);
  const patient = patientUntil(ended);
  const quiet = quietPartitions({ checkpoints, consumer, patient: patientUntil(over), pause });
  const watching = quiet.watch(over).finally(() => end.abort());
  // It may reject long before the subscription has ended, which is when it is waited for.
  watching.catch(() => undefined);
  const position = async (topic: string, partition: number): Promise<bigint> => {
    const at = { topic, partition };
    const next = (await patient(() => checkpoints.position(consumer, at))) ?? 0n;
    quiet.note(at, next);
    return next;
  };
  const handle = (batch: Batch): Promise<bigint> => handleBatch(parts, { batch, quiet, patient });
  let back: TopicPartition | undefined;
  try {
    await log.subscribe({ group, topics, recordsMax, position, handle }, over);
  } finally {
    end.abort();
    back = await watching;
    if (back !== undefined) logger.warn({ group, ...back }, 'the database lost commits in a crash: joining again');
  }
  return back === undefined ? 'over' : 'again';
};

type InHand = { readonly batch: Batch; readonly quiet: QuietPartitions; readonly patient: Patience };

const handleBatch = async (parts: TakePart, { batch, quiet, patient }: InHand): Promise<bigint> => {
  const { handler, progress } = parts;
  const handled = await patient(() => handler.handle(batch, patient));
  if (handled === undefined) return batch.fetchedOffset; // Stopped before it was in: the next process reads it again.
  noteBatch(progress, batch, handled);
  for (const record of handled.newlyParked) logParked(parts, batch, record);
  quiet.note({ topic: batch.topic, partition: batch.partition }, handled.next);
  return handled.next;
};

/** Settles when all have. The first that rejects ends the others, and is what this rejects with once they have ended. */
const together = async (fault: AbortController, works: readonly Promise<void>[]): Promise<void> => {
  const watched = works.map((work) => work.catch((error: unknown) => fault.abort(error)));
  await Promise.all(watched);
  if (fault.signal.aborted) throw fault.signal.reason;
};

/** What was acknowledged is refused later: somebody has to look (`docs/runbooks/parked-keys.md`). */
const logParked = (
  { fields, logger }: RunConsumer,
  { topic, partition }: TopicPartition,
  { offset, key, code, reason }: ParkedRecord,
): void => {
  logger.error(
    { ...fields, topic, partition, offset: String(offset), key, code, reason },
    'a key is parked: its record was refused, and what follows of it waits',
  );
};
