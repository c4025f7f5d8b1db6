/**
 * JSON that goes out as it came. As objects, a document of a hundred kilobytes may take several megabytes; nobody looks
 * into those here, so a large one stays the text that the database sent.
 */
import { randomUUID } from 'node:crypto';

/** Up to here a document is parsed, which most ways of using it are fastest with. */
const parsedMax = 16_384;

/** For the JSON columns of pages: what is large becomes something that only `writeJson` can write. */
export const jsonOfPage = (text: string): unknown => (text.length <= parsedMax ? JSON.parse(text) : keptJson(text));

/** Stands for a document until all else is written. Nobody can send one: it is another one in each process. */
const mark = randomUUID();
const written = JSON.stringify(mark);

/** The documents met by the writing that goes on, in its order. */
const met: string[] = [];

/** Goes out as this text, if `writeJson` writes it. */
export const keptJson = (text: string) => ({
  toJSON: (): string => {
    met.push(text);
    return mark;
  },
});

/** As JSON.stringify does it, with kept documents in their places. */
export const writeJson = (value: unknown): string => {
  met.length = 0; // Whatever a writing that failed has met.
  const text = JSON.stringify(value);
  if (met.length === 0) return text;
  const documents = met.splice(0);
  return text
    .split(written)
    .map((part, index) => part + (documents[index] ?? ''))
    .join('');
};
