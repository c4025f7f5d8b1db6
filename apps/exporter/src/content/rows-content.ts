/** Rows of a table as the bytes of a file. */
import { asOfGiven, type ExportPosition } from '@plenum/document';
import type { RowsExport } from '@plenum/domain';
import type { RowFormatWriter, Snapshot } from '@plenum/runtime';
import type { Take } from './made.ts';
import type { ContentParts } from './parts.ts';
import { expectReached, fixPosition, positionAskedFor, positionOfSnapshot } from './position.ts';
import { countingRows } from './progress.ts';
import { csvMediaType, readAgain } from './read-again.ts';
import { selectRows } from './select-rows.ts';

/** @throws NotMade, TransientFailure, what `take` throws. */
export const rowsContent = async <T>(parts: ContentParts, kind: RowsExport, take: Take<T>): Promise<T> => {
  const { claimed, snapshots, log, work, stop } = parts;
  const { projection, rowsAre } = kind;
  const isLedger = rowsAre === 'ledger';
  const asOf = claimed.asked.as_of === undefined ? undefined : asOfGiven(claimed.asked.as_of);
  const wanted = asOf && (await positionAskedFor({ log }, asOf, projection.topics));
  return snapshots.readSnapshot(
    [projection],
    async (snapshot) => {
      const has = positionOfSnapshot(snapshot.positions);
      if (wanted !== undefined) expectReached(has, wanted);
      const position = await fixPosition(work, claimed, wanted ?? has, isLedger);
      expectReached(has, position);
      const before = isLedger && !isSame(has, position) ? position : undefined;
      return take(await written(parts, { kind, snapshot, position, before }));
    },
    stop,
  );
};

const isSame = (one: ExportPosition, other: ExportPosition): boolean =>
  Object.entries(one).every(([topic, offsets]) =>
    offsets.every((offset, partition) => offset === other[topic]?.[partition]),
  );

type Writing = {
  readonly kind: RowsExport;
  readonly snapshot: Snapshot;
  readonly position: ExportPosition;
  readonly before: ExportPosition | undefined;
};

const written = async (parts: ContentParts, { kind, snapshot, position, before }: Writing) => {
  const { claimed, writerOf } = parts;
  const { asked, organisation, format } = claimed;
  const query = selectRows({ kind, asked, organisation, before });
  const { columns } = query;
  const seen = countingRows(parts, await snapshot.estimate(query));
  if (format === 'csv') {
    const bytes = snapshot.csv({ ...query, rowsSeen: seen.to });
    return { position, mediaType: csvMediaType, bytes, rows: seen.rows, certify: readAgain(columns, seen.rows) };
  }
  const writer: RowFormatWriter = writerOf(format);
  const bytes = writer.write(columns, seen.through(snapshot.columns(query)));
  const certify: ReturnType<typeof readAgain> = (file) => writer.certify(file, { columns, rows: seen.rows() });
  return { position, mediaType: writer.mediaType, bytes, rows: seen.rows, certify };
};
