import { createHash } from 'node:crypto';
import type { Certificate, DocumentWriter } from '@plenum/runtime';
import { wholeFile } from './whole-file.ts';

/** Text as it is, in UTF-8: a report, or a document that is JSON. */
export const textFormat = ({ format, mediaType }: Pick<DocumentWriter, 'format' | 'mediaType'>): DocumentWriter => ({
  ...{ format, mediaType },
  takes: 'text',
  async *write(content) {
    if (content.kind === 'text') yield new TextEncoder().encode(content.text);
  },
  certify: async (file, expected): Promise<Certificate> => {
    const bytes = await wholeFile(file);
    const text = expected.kind === 'text' ? expected.text : '';
    const problems = [
      ...(bytes.toString('utf8') === text ? [] : ['is another text than was written']),
      ...(format === 'json' ? jsonProblems(bytes) : []),
    ];
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    return { problems, conformance: { format, characters: text.length, lines: text.split('\n').length - 1, sha256 } };
  },
});

const jsonProblems = (bytes: Buffer): readonly string[] => {
  try {
    JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return [];
  } catch (error) {
    return [`cannot be read: ${error instanceof Error ? error.message : String(error)}`];
  }
};
