/**
 * Rows as CSV (RFC 4180) in UTF-8 without a byte order mark: a line of names, then a line for each row, ended by LF as PostgreSQL writes it.
 *
 * - NULL is an empty field, and a text that is empty is `""`. PostgreSQL and DuckDB (with `allow_quoted_nulls = false`) read
 *   the two apart; most others take both for empty. Where a file has one column only, a NULL in it is an empty line.
 * - A field is in quotes when it has a quote, a comma or a line break in it, or is empty, and its quotes are doubled.
 * - Times are RFC 3339 in UTC with six digits; numbers have a point and every digit they need; `true` and `false`; JSON is its
 *   text.
 *
 * A text that begins with `=`, `+`, `-` or `@` is written as it is. A spreadsheet that opens the file may take it for a formula
 * (OWASP calls it CSV injection). The file is data for programs and is held against the log by its digest: a sign put before
 * such texts would make other values of them, of `-3.5` and `+49 30` too, in every program that reads it as what it is.
 * Who opens it in a spreadsheet imports its columns as text.
 */
import type { ExportColumn, ExportRow, RowWriter } from '@plenum/runtime';
import { textChunks } from './text-chunks.ts';
import { plainText, refuseValue, type ValueText } from './value-text.ts';

export const writeCsv: RowWriter = (columns, batches) => {
  const texts = columns.map((column) => plainText(column) ?? quotedText(column));
  const lineOf = (row: ExportRow): string => {
    let line = '';
    for (let index = 0; index < texts.length; index += 1) {
      if (index > 0) line += ',';
      const value = row[index];
      if (value !== undefined) line += (texts[index] as ValueText)(value); // The index is one of theirs.
    }
    return `${line}\n`;
  };
  const head = `${columns.map(({ name }) => field(name)).join(',')}\n`;
  return textChunks({ head, columns, batches, lineOf });
};

const quotedText =
  (column: ExportColumn): ValueText =>
  (value) =>
    typeof value === 'string' ? field(value) : refuseValue(column, value);

const field = (text: string): string => (mustBeQuoted.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** Also `\.`, which ends the input of PostgreSQL's COPY where it is a line by itself. */
const mustBeQuoted = /[",\r\n]|^(?:\\\.)?$/;
