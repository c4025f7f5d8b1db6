import type { RowFormatWriter } from '@plenum/runtime';

/** A format whose code is loaded when the first file of it is written or read: most processes never do. */
export const lazyRows = (
  { format, mediaType }: Pick<RowFormatWriter, 'format' | 'mediaType'>,
  load: () => Promise<RowFormatWriter>,
): RowFormatWriter => ({
  ...{ format, mediaType },
  async *write(columns, batches) {
    yield* (await load()).write(columns, batches);
  },
  certify: async (file, expected) => (await load()).certify(file, expected),
});
