/**
 * Rows as NDJSON: a JSON object (RFC 8259) for each row, ended by a line feed, with every column in its order and `null` where
 * there is nothing. Values are what reads show: times as text in RFC 3339 with six digits, integers as numbers with every
 * digit (a reader whose numbers are doubles rounds those beyond 2^53), JSON as the JSON it is, so that JSON's own `null` is no
 * other than nothing.
 */
import type { ExportColumn, ExportRow, RowWriter } from '@plenum/runtime';
import { textChunks } from './text-chunks.ts';
import { plainText, refuseValue, type ValueText } from './value-text.ts';

export const writeNdjson: RowWriter = (columns, batches) => {
  const members = columns.map((column, index) => ({
    key: `${index === 0 ? '{' : ','}${JSON.stringify(column.name)}:`,
    text: jsonText(column),
  }));
  const lineOf = (row: ExportRow): string => {
    let line = '';
    for (let index = 0; index < members.length; index += 1) {
      const { key, text } = members[index] as Member; // The index is one of theirs.
      const value = row[index];
      line += key;
      line += value === undefined ? 'null' : text(value);
    }
    return `${line}}\n`;
  };
  return textChunks({ head: '', columns, batches, lineOf });
};

type Member = { readonly key: string; readonly text: ValueText };

const jsonText = (column: ExportColumn): ValueText => {
  const plain = plainText(column);
  if (plain !== undefined) return quoted.has(column.type) ? (value) => `"${plain(value)}"` : plain;
  const write = column.type === 'jsonb' ? onOneLine : JSON.stringify;
  return (value) => (typeof value === 'string' ? write(value) : refuseValue(column, value));
};

/** Plain texts that JSON has no literal for. */
const quoted: ReadonlySet<ExportColumn['type']> = new Set(['timestamptz', 'uuid']);

/** Line breaks are between its tokens only, for JSON has none within texts. */
const onOneLine = (json: string): string => (lineBreak.test(json) ? json.replace(lineBreaks, ' ') : json);

const lineBreak = /[\r\n]/;
const lineBreaks = /[\r\n]+/g;
