import type { ExportRow } from '@plenum/runtime';

/** Chunks are this large, or larger by one row. */
const chunkBytes = 65_536;

/** The texts of rows as UTF-8, many of them in a chunk, which is the caller's to keep. `head` goes before them. */
export async function* textChunks(
  head: string,
  batches: AsyncIterable<readonly ExportRow[]>,
  lineOf: (row: ExportRow) => string,
): AsyncGenerator<Uint8Array, void> {
  let text = head;
  for await (const rows of batches) {
    for (const row of rows) {
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
