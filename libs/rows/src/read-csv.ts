/** CSV that comes in, taken apart. */
import { CsvError, type InfoRecord, parse } from 'csv-parse/sync';

export type CsvRecord = { readonly line: number; readonly fields: readonly string[] };

/**
 * Records of CSV (RFC 4180), each with the line at which it ends, the first being 1. Blank lines are left out, and blanks around
 * values; a line ends with LF, also within a value. A record may have more or fewer values than others. What cannot be taken apart is a sentence that says where.
 */
export const readCsv = (
  text: string,
):
  | { readonly outcome: 'read'; readonly records: readonly CsvRecord[] }
  | { readonly outcome: 'unreadable'; readonly reason: string } => {
  try {
    // As `info` makes them.
    const read = parse(text.replaceAll('\r\n', '\n'), options) as unknown as readonly {
      readonly record: string[];
      readonly info: InfoRecord;
    }[];
    return { outcome: 'read', records: read.map(({ record, info }) => ({ line: info.lines, fields: record })) };
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return {
      outcome: 'unreadable',
      reason: `it is no CSV: line ${String(error.lines)} has a quote that is not closed or not doubled`,
    };
  }
};

const options = { bom: true, info: true, relax_column_count: true, skip_empty_lines: true, trim: true } as const;
