/** Documents that are text already. */
import { createHash } from 'node:crypto';
import type { DocumentContent } from '@plenum/drawing';
import type { DocumentWriter } from '@plenum/runtime';

const textWriter = (
  format: string,
  mediaType: string,
  faultsOf: (text: string) => readonly string[],
): DocumentWriter => ({
  ...{ format, mediaType, takes: 'text' },
  async *write(content) {
    yield Buffer.from(textOf(content));
  },
  certify: async (file, expected) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of file.read()) chunks.push(chunk);
    const bytes = Buffer.concat(chunks);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const isSame = bytes.equals(Buffer.from(textOf(expected))) && sha256 === file.digest;
    const problems = [...(isSame ? [] : ['Its bytes are not those that were written.']), ...faultsOf(bytes.toString())];
    return {
      problems,
      conformance: { format, bytes: bytes.length, sha256, lines: bytes.toString().split('\n').length },
    };
  },
});

const textOf = (content: DocumentContent): string => {
  if (content.kind !== 'text') throw new Error(`a ${content.kind} was to be written as text`);
  return content.text;
};

const faultsOfJson = (text: string): readonly string[] => {
  try {
    JSON.parse(text);
    return [];
  } catch {
    return ['It is no JSON.'];
  }
};

export const textWriters: readonly DocumentWriter[] = [
  textWriter('txt', 'text/plain; charset=utf-8', () => []),
  textWriter('json', 'application/json', faultsOfJson),
];
