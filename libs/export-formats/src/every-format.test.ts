/** What each format writes, its reader finds; and a file that is otherwise is never handed out. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import type { DocumentContent } from '@plenum/drawing';
import { type DocumentFormat, documentOf } from '@plenum/layout';
import { anyProject, projectOf } from '@plenum/layout/testing';
import type { DocumentWriter, ExportFile } from '@plenum/runtime';
import fc from 'fast-check';
import { documentFormats } from './index.ts';

const written = (writer: DocumentWriter, content: DocumentContent): Promise<Buffer> => buffer(writer.write(content));

const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const stored = (bytes: Uint8Array, digest: string): ExportFile => ({
  bytes: bytes.byteLength,
  digest,
  async *read() {
    yield bytes;
  },
});

for (const writer of documentFormats) {
  // The formats of a ceiling are those that documents have.
  const contentOf = (asked: Parameters<typeof documentOf>[1]) => documentOf(writer.format as DocumentFormat, asked);

  describe(`a ceiling as ${writer.format}`, () => {
    it('is found in its file as it was written, whatever the ceiling', async () => {
      await fc.assert(
        fc.asyncProperty(anyProject, fc.string({ unit: 'binary', maxLength: 50 }), async (project, name) => {
          const content = contentOf({ name, project });
          const bytes = await written(writer, content);
          const { problems, conformance } = await writer.certify(stored(bytes, digestOf(bytes)), content);
          assert.deepEqual(problems, []);
          assert.equal(conformance.sha256, digestOf(bytes));
        }),
        { numRuns: 20 },
      );
    });

    it('is the same bytes each time', async () => {
      const content = contentOf({ name: 'Hall', project: projectOf() });
      assert.deepEqual(await written(writer, content), await written(writer, content));
    });

    it('is refused when it is of another ceiling, or not what was written', async () => {
      const content = contentOf({ name: 'Hall', project: projectOf() });
      const wider = contentOf({ name: 'Hall', project: projectOf({}, { width_mm: 3601 }) });
      const bytes = await written(writer, content);
      const refused = async (found: Uint8Array, digest: string, expected = content): Promise<void> => {
        const { problems } = await writer.certify(stored(found, digest), expected);
        assert.notDeepEqual(problems, []);
      };
      await refused(bytes, digestOf(bytes), wider);
      await refused(bytes.subarray(0, bytes.byteLength - 10), digestOf(bytes));
      for (let at = 7; at < bytes.byteLength; at += Math.ceil(bytes.byteLength / 20)) {
        const flipped = Buffer.from(bytes);
        flipped[at] = (flipped[at] ?? 0) ^ 1;
        await refused(flipped, digestOf(bytes));
      }
    });
  });
}
