import { type Batch, LogTruncated } from '@plenum/runtime';
import { cutBatches, type Fetched, fetchBatches, fetchBytesMax, fetchRecordsMax, type Place } from './fetch.ts';
import type { LogDatabase } from './log-database.ts';

const recordsMax = 2_000;
const limits = { recordsMax: fetchRecordsMax, bytesMax: fetchBytesMax };

/**
 * Every record from `from` up to but without `to`, or up to the partition's end if that comes first. The next rows are
 * fetched while the caller is busy with these.
 * @throws LogTruncated when `from` is no longer kept.
 */
export async function* readRange(database: LogDatabase, place: Place, from: bigint, to: bigint): AsyncGenerator<Batch> {
  if (from >= to) return;
  let at = from;
  const fetch = async (offset: bigint): Promise<Fetched> => {
    const [fetched] = await fetchBatches(database, [{ place, from: offset }], limits);
    return fetched as Fetched; // One for each.
  };
  let fetching: Promise<Fetched> | undefined = fetch(at);
  while (fetching !== undefined) {
    const fetched: Fetched = await fetching;
    if (at < fetched.first) throw new LogTruncated(place.topic.name, place.partition, at, fetched.first);
    const last = fetched.rows.at(-1);
    if (last === undefined) return;
    const next = last.lastOffset + 1n;
    fetching = next < to && next < fetched.end ? fetch(next) : undefined;
    // The caller may leave before it is awaited; if it stays, the failure is thrown at the next turn.
    fetching?.catch(() => undefined);
    yield* cutBatches(place, fetched, { from: at, to, recordsMax });
    at = next;
  }
}
