/** One export that was taken up, until it has ended or is given back. */
import { failExport, finishExport } from '@plenum/document';
import { type Clock, type Logger, Poison, pause, TransientFailure } from '@plenum/runtime';
import { NotMade } from './content/refusal.ts';
import type { Decide } from './decide.ts';
import { type MakeParts, makeExport } from './make-export.ts';
import { type Claimed, renewMs } from './work/export-work.ts';

export type ExporterCounts = { made: number; failed: number; givenBack: number; bytes: number; rows: number };

export type OneParts = Omit<MakeParts, 'claimed' | 'progress' | 'stop'> & {
  readonly decide: Decide;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly keepMs: number;
  readonly counts: ExporterCounts;
};

/** Exporters that were at it died so often that it is the reason. */
const lostMax = 5;
/** What it waits for (a position, a disk) is not waited for any longer. */
const waitSMax = 24 * 3_600;
const againMs = 1_000;

/** Settles when it was decided, given back, or taken away. @throws what is a bug */
export const runOne = async (parts: OneParts, claimed: Claimed, stop: AbortSignal): Promise<void> => {
  const { work, logger, counts, files } = parts;
  const { export_id, epoch } = claimed;
  const about = { export: export_id, kind: claimed.kind, format: claimed.format, epoch };
  if (claimed.lost >= lostMax) {
    await fail(
      parts,
      claimed,
      new NotMade('gave-up', `It was begun ${claimed.lost} times, and the exporter that was at it ended.`),
    );
    return;
  }
  const progress = { rows: 0, percent: 0 };
  await using lease = keepLease(parts, claimed, progress, stop);
  try {
    const made = await makeExport({ ...parts, claimed, progress, stop: lease.stop });
    const expires_at = parts.clock.nowUs() + parts.keepMs * 1_000;
    const done = await untilDecided(parts, lease.stop, () =>
      parts.decide(finishExport(export_id, { ...made, expires_at }), `finish/${epoch}`),
    );
    if (done.outcome !== 'done') {
      // It was ended meanwhile, or another was faster: this file is nobody's.
      await files.remove(made.file);
      logger.info({ ...about, reason: done.reason }, 'an export was made for nobody');
      return;
    }
    counts.made += 1;
    counts.bytes += made.bytes;
    counts.rows += made.rows ?? 0;
    logger.info({ ...about, bytes: made.bytes, rows: made.rows }, 'an export is made');
  } catch (error) {
    if (lease.isLost()) {
      logger.warn(about, 'an export was ended or taken up by another while it was made here');
    } else if (stop.aborted) {
      await work.release(claimed, 0).catch(() => undefined); // Its lease runs out soon.
    } else if (error instanceof NotMade || error instanceof Poison) {
      await fail(parts, claimed, error instanceof NotMade ? error : new NotMade('not-possible', poisonReason));
    } else if (error instanceof TransientFailure) {
      counts.givenBack += 1;
      if (claimed.requested_age_s > waitSMax) {
        await fail(parts, claimed, new NotMade('gave-up', 'What it waits for did not come about in a day.'));
        return;
      }
      logger.info({ ...about, code: error.code, reason: error.message }, 'an export waits');
      await work.release(claimed, againMs);
    } else {
      // A bug. It is taken up again when its lease has run out, and given up after a few times.
      logger.error({ ...about, error: error instanceof Error ? error.stack : error }, 'an export met a bug');
    }
  }
};

const poisonReason = 'The database refuses what was asked for.';

const fail = async (
  { decide, logger, counts }: OneParts,
  { export_id, epoch }: Claimed,
  { code, message }: NotMade,
) => {
  await decide(failExport(export_id, code, message), `fail/${epoch}`);
  counts.failed += 1;
  logger.warn({ export: export_id, code, reason: message }, 'an export failed');
};

/** A decision that is under way when the database goes away may have been taken: it is asked for again until it is known. */
const untilDecided = async <T>({ logger }: OneParts, stop: AbortSignal, ask: () => Promise<T>): Promise<T> => {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof TransientFailure) || stop.aborted) throw error;
      logger.warn({ code: error.code, reason: error.message }, 'the decision about an export waits');
      await pause(againMs, stop);
    }
  }
};

/** Renews it while there is something to do. `stop` aborts when it is lost, or with the stop that was given. */
const keepLease = (
  { work, logger }: OneParts,
  claimed: Claimed,
  progress: { readonly rows: number; readonly percent: number },
  stop: AbortSignal,
) => {
  const lost = new AbortController();
  const ended = new AbortController();
  const renew = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      try {
        if (!(await work.progress(claimed, progress)))
          lost.abort(new TransientFailure('lost', 'The export was taken away'));
      } catch (error) {
        logger.warn({ export: claimed.export_id, error }, 'the lease of an export is not renewed');
      }
      await pause(renewMs, ended.signal, lost.signal);
      if (lost.signal.aborted) return;
    }
  };
  const renewing = renew();
  return {
    stop: AbortSignal.any([stop, lost.signal]),
    isLost: () => lost.signal.aborted,
    [Symbol.asyncDispose]: async () => {
      ended.abort();
      await renewing;
    },
  };
};
