/** Which rows an export has, and in which order. */
import type { ExportAsked, ExportPosition } from '@plenum/document';
import type { RowsExport } from '@plenum/domain';
import { formatTimeUs, parseTimeUs } from '@plenum/event';
import { type Column, pageConditions } from '@plenum/read-model';
import type { ExportColumn, RowsQuery } from '@plenum/runtime';

const columnsOf = ({ table, columns }: RowsExport): readonly ExportColumn[] =>
  columns.map((name) => {
    const { type, nullable = false } = columnOf(table.columns, name);
    return { name, type: type as ExportColumn['type'], nullable }; // Of others there is none: the catalogue is checked for that.
  });

const columnOf = (columns: RowsExport['table']['columns'], name: string): Column => {
  const column = columns[name];
  if (column === undefined) throw new Error(`an export names the column ${name}, which is not there`);
  return column;
};

export type Selected = {
  readonly kind: RowsExport;
  readonly asked: ExportAsked;
  readonly organisation: string;
  /** Of a ledger, where the tables have more than that. */
  readonly before?: ExportPosition | undefined;
};

/** Values never become part of the text. Rows are in log order, or in the order of their key. */
export const selectRows = ({ kind, asked, organisation, before }: Selected): RowsQuery => {
  const { table, time, filters, projection } = kind;
  const { bind, parameters, add, all } = pageConditions();
  const bound = (value: unknown, { type }: Pick<Column, 'type'>): string => `${bind(value)}::${type}`;
  for (const [name, values] of Object.entries(asked.filters ?? {})) {
    const filter = filters[name];
    if (filter === undefined) throw new Error(`the filter ${name} was accepted and is not known`);
    const column = columnOf(table.columns, filter.column);
    add(`t.${quoted(filter.column)} in (${values.map((value) => bound(value, column)).join(', ')})`);
  }
  if (time !== undefined) {
    if (asked.from !== undefined) add(`t.${quoted(time)} >= ${bind(utc(asked.from))}::timestamptz`);
    if (asked.to !== undefined) add(`t.${quoted(time)} < ${bind(utc(asked.to))}::timestamptz`);
  }
  if (kind.organisation !== undefined) add(`t.${quoted(kind.organisation)} = ${bind(organisation)}::text`);
  for (const topic of before === undefined ? [] : projection.topics) {
    const offsets = before?.[topic] ?? [];
    add(`t.log_offset < (${bind(`{${offsets.join(',')}}`)}::bigint[])[t.log_partition + 1]`);
  }
  return {
    ...{ table, columns: columnsOf(kind), where: all(), orderBy: orderOf(kind) },
    parameters: parameters as RowsQuery['parameters'], // What was bound above is nothing else.
  };
};

/**
 * By the bytes of texts: the same on every server. Where one number says where in the log a row comes from, PostgreSQL sorts in half of
 * the time: nothing else of a row has to be looked at. Offsets are below 2^48.
 */
const orderOf = ({ table, rowsAre }: RowsExport): string => {
  const key = table.key.map((name) =>
    table.columns[name]?.type === 'text' ? `t.${quoted(name)} collate "C"` : `t.${quoted(name)}`,
  );
  return [...(rowsAre === 'ledger' ? [`t.log_partition * ${2 ** 48} + t.log_offset`] : []), ...key].join(', ');
};

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

const utc = (written: string): string => {
  const timeUs = parseTimeUs(written);
  if (timeUs === undefined) throw new Error('a time was accepted that is none');
  return formatTimeUs(timeUs);
};
