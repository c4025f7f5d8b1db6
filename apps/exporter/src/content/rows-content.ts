/** Rows of a table as the bytes of a file. */
import { asOfGiven, type ExportPosition } from '@plenum/document';
import type { RowsExport } from '@plenum/domain';
import type { RowFormatWriter, Snapshot } from '@plenum/runtime';
import type { Take } from './made.ts';
import type { ContentParts } from './parts.ts';
import { expectReached, fixPosition, positionAskedFor, positionOfSnapshot } from './position.ts';
import { countingRows } from './progress.ts';
import { csvMediaType, readAgain } from './read-again.ts';
import { columnsOf, type RowsSelect, selectRows } from './select-rows.ts';

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
  const columns = columnsOf(kind);
  const asText = format === 'csv';
  const select = selectRows({ kind, asked, organisation, before, asText });
  const seen = countingRows(parts, await estimated(snapshot, select));
  if (asText) {
    const bytes = snapshot.csv({ ...select, columns, rowsSeen: seen.to });
    return { position, mediaType: csvMediaType, bytes, rows: seen.rows, certify: readAgain(columns, seen.rows) };
  }
  const writer: RowFormatWriter = writerOf(format);
  const bytes = writer.write(columns, seen.through(snapshot.values({ ...select, columns })));
  const certify: ReturnType<typeof readAgain> = (file) => writer.certify(file, { columns, rows: seen.rows() });
  return { position, mediaType: writer.mediaType, bytes, rows: seen.rows, certify };
};

/** As the server plans it: counting would take as long as half of the export. */
const estimated = async ({ sql }: Snapshot, { text, parameters }: RowsSelect): Promise<number> => {
  type Plan = { readonly 'QUERY PLAN': readonly { readonly Plan: { readonly 'Plan Rows': number } }[] };
  const [row] = await sql<Plan>(`explain (format json) ${text}`, parameters);
  return row?.['QUERY PLAN'][0]?.Plan['Plan Rows'] ?? 0;
};
