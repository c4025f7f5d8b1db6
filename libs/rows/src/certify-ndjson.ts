/** Reads NDJSON again, with the JSON of the language. */
import type { RowFormatWriter } from '@plenum/runtime';
import { certifyText, type Findings } from './findings.ts';
import { jsonFits } from './fits.ts';

export const certifyNdjson: RowFormatWriter['certify'] = (file, expected) =>
  certifyText('ndjson', file, expected, async (texts, findings) => {
    const names = expected.columns.map(({ name }) => name);
    const fits = expected.columns.map(jsonFits);
    for await (const line of lines(texts, findings)) {
      const row = objectIn(line);
      if (row === undefined) {
        findings.problem('A line is no JSON object.');
        continue;
      }
      const found = Object.keys(row);
      if (found.length !== names.length)
        findings.problem(`A row has ${found.length} members, and not ${names.length}.`);
      for (const [index, name] of names.entries()) {
        const value = row[name];
        if (!Object.hasOwn(row, name)) findings.problem(`A row has no member ${name}.`);
        else findings.value(index, value === null, value === null || fits[index]?.(value) === true);
      }
      findings.endRow();
    }
  });

const objectIn = (line: string): Readonly<Record<string, unknown>> | undefined => {
  try {
    const value: unknown = JSON.parse(line);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Readonly<Record<string, unknown>>) : undefined; // Nothing else is left.
  } catch {
    return undefined;
  }
};

async function* lines(texts: AsyncIterable<string>, { problem }: Findings): AsyncGenerator<string, void> {
  let rest = '';
  for await (const text of texts) {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    yield* parts;
  }
  if (rest !== '') problem('It does not end with a whole line.');
}
