/** A document as the bytes of a file. */
import type { DocumentExport } from '@plenum/domain';
import type { DocumentContent } from '@plenum/drawing';
import type { Take } from './made.ts';
import type { ContentParts } from './parts.ts';
import { fixPosition, positionOfSnapshot, timeOfPosition } from './position.ts';
import { NotMade } from './refusal.ts';

/** @throws NotMade, TransientFailure, what `take` throws. */
export const documentContent = async <T>(parts: ContentParts, kind: DocumentExport, take: Take<T>): Promise<T> => {
  const { claimed, snapshots, log, work, stop, documentWriterOf } = parts;
  const { organisation } = claimed;
  const format = kind.formats.find((one) => one === claimed.format);
  if (format === undefined)
    throw new NotMade('not-possible', `${kind.kind} is not made as ${claimed.format} any more.`);
  const writer = documentWriterOf(format);
  const composed = await snapshots.readSnapshot(
    kind.projections,
    async ({ sql, positions }) => {
      const position = await fixPosition(work, claimed, positionOfSnapshot(positions), false);
      const timeUs = await timeOfPosition(log, position);
      const options = claimed.asked.options ?? {};
      return { position, made: await kind.compose(sql, { options, format, organisation, timeUs }) };
    },
    stop,
  );
  const { made, position } = composed;
  if (made.outcome === 'refused') throw new NotMade(made.code, made.reason);
  const content = fitting(made.content, writer.takes, format);
  return take({
    ...{ position, mediaType: writer.mediaType, bytes: writer.write(content), rows: () => undefined },
    certify: (file) => writer.certify(file, content),
  });
};

/** A sheet holds a drawing, and who writes drawings can write that. */
const fitting = (content: DocumentContent, takes: DocumentContent['kind'], format: string): DocumentContent => {
  if (content.kind === takes) return content;
  if (content.kind === 'sheet' && takes === 'drawing') return { kind: 'drawing', drawing: content.sheet.drawing };
  throw new NotMade('not-possible', `What it holds cannot be written as ${format}.`);
};
