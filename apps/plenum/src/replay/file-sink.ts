/** A file that is written piece by piece, none before the one before it was taken. */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';

export type Sink = { write(text: string): Promise<void>; close(): Promise<void> };

/** @throws when it cannot be opened. */
export const fileSink = async (file: string): Promise<Sink> => {
  const stream = createWriteStream(file);
  await once(stream, 'open');
  return {
    write: (text) =>
      new Promise((resolve, reject) => {
        stream.write(text, (error) => (error ? reject(error) : resolve()));
      }),
    close: async () => {
      stream.end();
      if (!stream.closed) await once(stream, 'close');
    },
  };
};
