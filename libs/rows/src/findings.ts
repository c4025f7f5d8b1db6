/** What reading a file of rows again finds: how many there are, and what is otherwise than it was to be. */
import { createHash } from 'node:crypto';
import type { Certificate, ExportColumn, ExportFile } from '@plenum/runtime';

export type Expected = { readonly columns: readonly ExportColumn[]; readonly rows: number };

export type Findings = {
  readonly problem: (sentence: string) => void;
  /** A value as it was found in the next row, `undefined` for NULL, and whether it can be one of its column. */
  readonly value: (column: number, isNull: boolean, isFit: boolean) => void;
  readonly endRow: () => void;
};

/** So many problems are named: one byte too many makes all of a file wrong. */
const problemsMax = 20;

/** Has `read` go through the texts of a file, in which every character is whole, and holds it against what was expected. */
export const certifyText = async (
  format: string,
  file: ExportFile,
  expected: Expected,
  read: (texts: AsyncIterable<string>, findings: Findings) => Promise<void>,
): Promise<Certificate> => {
  const { columns } = expected;
  const problems: string[] = [];
  const nulls = columns.map(() => 0);
  const hash = createHash('sha256');
  let rows = 0;
  const problem = (sentence: string): void => void (problems.length < problemsMax && problems.push(sentence));
  const findings: Findings = {
    problem,
    value: (index, isNull, isFit) => {
      const column = columns[index];
      if (column === undefined) return;
      if (isNull) nulls[index] = (nulls[index] ?? 0) + 1;
      if (isNull && !column.nullable)
        problem(`Row ${rows + 1} has nothing in ${column.name}, which must have a value.`);
      if (!isNull && !isFit) problem(`Row ${rows + 1} has something in ${column.name} that is no ${column.type}.`);
    },
    endRow: () => {
      rows += 1;
    },
  };
  const texts = textsOf(file, (chunk) => void hash.update(chunk), problem);
  await read(texts, findings);
  // Where reading ended early there is more to hash.
  for await (const _ of texts);
  const digest = hash.digest('hex');
  // However many there are, these two are among them.
  if (rows !== expected.rows) problems.push(`It has ${rows} rows, and ${expected.rows} were written.`);
  if (digest !== file.digest) problems.push('Its bytes are not those that were written: the digest is another.');
  const conformance = {
    ...{ format, rows, bytes: file.bytes, sha256: digest },
    columns: columns.map(({ name, type }, index) => ({ name, type, nulls: nulls[index] })),
  };
  return { problems, conformance };
};

async function* textsOf(
  file: ExportFile,
  seen: (chunk: Uint8Array) => void,
  problem: (sentence: string) => void,
): AsyncGenerator<string, void> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let isText = true;
  const decode = (chunk?: Uint8Array): string => {
    try {
      return isText ? decoder.decode(chunk, { stream: chunk !== undefined }) : '';
    } catch {
      isText = false;
      problem('It has bytes that are no UTF-8.');
      return '';
    }
  };
  for await (const chunk of file.read()) {
    seen(chunk);
    yield decode(chunk);
  }
  yield decode();
}
