/** Reads CSV again, by RFC 4180 alone: records, fields, quotes. */
import type { RowFormatWriter } from '@plenum/runtime';
import { certifyText, type Findings } from './findings.ts';
import { textFits } from './fits.ts';

export const certifyCsv: RowFormatWriter['certify'] = (file, expected) =>
  certifyText('csv', file, expected, async (texts, findings) => {
    const names = expected.columns.map(({ name }) => name);
    const fits = expected.columns.map(textFits);
    let isHead = true;
    for await (const fields of records(texts, findings)) {
      if (isHead) {
        isHead = false;
        const found = fields.map(({ text }) => text);
        if (!isSame(found, names))
          findings.problem(`Its columns are ${found.join(', ')}, and not ${names.join(', ')}.`);
        continue;
      }
      if (fields.length !== names.length)
        findings.problem(`A row has ${fields.length} fields, and not ${names.length}.`);
      for (const [index, { text, isQuoted }] of fields.entries()) {
        const isNull = text === '' && !isQuoted;
        findings.value(index, isNull, isNull || fits[index]?.(text) === true);
      }
      findings.endRow();
    }
    if (isHead) findings.problem('It has no line of names.');
  });

const isSame = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((name, index) => name === other[index]);

type Field = { readonly text: string; readonly isQuoted: boolean };

/** Holds one record at a time, and what has come of the next. */
async function* records(texts: AsyncIterable<string>, { problem }: Findings): AsyncGenerator<readonly Field[], void> {
  let rest = '';
  for await (const text of texts) {
    rest += text;
    let from = 0;
    let quote = rest.indexOf('"');
    let isWithin = false;
    // Quotes come in pairs up to the end of a record; a line break between two of a pair is part of a field.
    for (let end = rest.indexOf(lineEnd); end >= 0; end = rest.indexOf(lineEnd, end + lineEnd.length)) {
      for (; quote >= 0 && quote < end; quote = rest.indexOf('"', quote + 1)) isWithin = !isWithin;
      if (isWithin) continue;
      yield fieldsOf(rest.slice(from, end), problem);
      from = end + lineEnd.length;
    }
    rest = rest.slice(from);
  }
  if (rest !== '') problem('It does not end with a whole line.');
}

const lineEnd = '\n';

const fieldsOf = (record: string, problem: Findings['problem']): readonly Field[] => {
  if (!record.includes('"')) return record.split(',').map((text) => ({ text, isQuoted: false }));
  const fields: Field[] = [];
  let at = 0;
  for (;;) {
    const isQuoted = record[at] === '"';
    const end = isQuoted ? endOfQuoted(record, at) : endOfPlain(record, at);
    const written = isQuoted ? record.slice(at + 1, end - 1).replaceAll('""', '"') : record.slice(at, end);
    if (!isQuoted && written.includes('"')) problem('A quote stands within a field that has none around it.');
    fields.push({ text: written, isQuoted });
    if (end >= record.length) return fields;
    if (record[end] !== ',') problem('Something stands behind the closing quote of a field.');
    at = end + 1;
  }
};

const endOfPlain = (record: string, at: number): number => {
  const end = record.indexOf(',', at);
  return end < 0 ? record.length : end;
};

/** Behind its closing quote. */
const endOfQuoted = (record: string, at: number): number => {
  for (let quote = record.indexOf('"', at + 1); quote >= 0; quote = record.indexOf('"', quote + 2)) {
    if (record[quote + 1] !== '"') return quote + 1;
  }
  return record.length;
};
