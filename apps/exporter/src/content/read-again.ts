import { createHash } from 'node:crypto';
import type { Certificate, ExportColumn, ExportFile } from '@plenum/runtime';

export const csvMediaType = 'text/csv; charset=utf-8; header=present';

/**
 * For CSV as the database itself wrote it: its bytes are read again and have to be those that were written. To take each row
 * apart again would cost several times what it takes to have it written.
 */
export const readAgain =
  (columns: readonly ExportColumn[], rows: () => number) =>
  async (file: ExportFile): Promise<Certificate> => {
    const hash = createHash('sha256');
    let bytes = 0;
    let last: number | undefined;
    for await (const chunk of file.read()) {
      hash.update(chunk);
      bytes += chunk.byteLength;
      last = chunk.at(-1) ?? last;
    }
    const sha256 = hash.digest('hex');
    const problems = [
      ...(sha256 === file.digest && bytes === file.bytes ? [] : ['Its bytes are not those that were written.']),
      ...(last === 0x0a ? [] : ['It does not end with a whole line.']),
    ];
    const conformance = {
      format: 'csv',
      rows: rows(),
      bytes,
      sha256,
      columns: columns.map(({ name, type }) => ({ name, type })),
    };
    return { problems, conformance };
  };
