import { type ColumnBatch, type ExportColumn, type ExportRow, rowsOfBatch } from '@plenum/runtime';

/** Chunks are this large, or larger by one row. */
const chunkBytes = 65_536;

type Lines = {
  readonly head: string;
  readonly columns: readonly ExportColumn[];
  readonly batches: AsyncIterable<ColumnBatch>;
  readonly lineOf: (row: ExportRow) => string;
};

/** The texts of rows as UTF-8, many of them in a chunk, which is the caller's to keep. `head` goes before them. */
export async function* textChunks({ head, columns, batches, lineOf }: Lines): AsyncGenerator<Uint8Array, void> {
  let text = head;
  for await (const batch of batches) {
    for (const row of rowsOfBatch(columns, batch)) {
      text += lineOf(row);
      // Of nearly all texts a character is a byte.
      if (text.length < chunkBytes) continue;
      yield encoder.encode(text);
      text = '';
    }
  }
  if (text !== '') yield encoder.encode(text);
}

const encoder = new TextEncoder();
