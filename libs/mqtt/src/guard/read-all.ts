import type { Readable } from 'node:stream';

/**
 * Makes `read()` return everything that is buffered, as it did before Node 26 (nodejs/node#60441). Aedes 1.x reads
 * once per `readable` event and relies on that.
 */
export const readAll = <T extends Readable>(stream: T): T => {
  const read = stream.read.bind(stream);
  stream.read = (size?: number | null) =>
    size === undefined || size === null ? (read(stream.readableLength || undefined) ?? read()) : read(size);
  return stream;
};
