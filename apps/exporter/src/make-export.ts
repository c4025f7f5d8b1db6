/** One export from what was asked for to a file that may be handed out. */
import { type Finished, positionJson } from '@plenum/document';
import type { ExportKind } from '@plenum/domain';
import { type Files, FileTooLarge, type PutFile } from '@plenum/runtime';
import { documentContent } from './content/document-content.ts';
import { eventsContent } from './content/events-content.ts';
import type { Content, Take } from './content/made.ts';
import type { ContentParts } from './content/parts.ts';
import { timeOfPosition } from './content/position.ts';
import { NotMade } from './content/refusal.ts';
import { rowsContent } from './content/rows-content.ts';

export type MakeParts = ContentParts & {
  readonly kinds: readonly ExportKind[];
  readonly files: Files;
  readonly bytesMax: number;
};

/** A file in storage under a name of its own, and what is to be decided of it but for how long it is kept. */
export type Made = Omit<Finished, 'expires_at'>;

export const exportsFolder = 'exports/';

/**
 * Every taking up has a file of its own, so that two of them never meet.
 * @throws NotMade, TransientFailure, the reason of `stop`. Nothing is left in storage then.
 */
export const makeExport = async (parts: MakeParts): Promise<Made> => {
  const { claimed, files, log } = parts;
  const { export_id, epoch, kind, format } = claimed;
  const name = `${exportsFolder}${export_id}/${epoch}/${kind}.${format}`;
  const written = await contentOf(parts, async (content) => ({ content, file: await put(parts, name, content) }));
  const { content, file } = written;
  try {
    const conformance = await certified(parts, content, file);
    return {
      ...{ file: name, file_name: `${kind}-${export_id}.${format}`, media_type: content.mediaType },
      ...{ bytes: file.bytes, digest: file.digest, rows: content.rows() },
      position: JSON.stringify(positionJson(content.position)),
      position_time: await timeOfPosition(log, content.position),
      conformance: JSON.stringify(conformance),
    };
  } catch (error) {
    await files.remove(name);
    throw error;
  }
};

const contentOf = <T>(parts: MakeParts, take: Take<T>): Promise<T> => {
  const kind = parts.kinds.find((one) => one.kind === parts.claimed.kind);
  switch (kind?.content) {
    case 'rows':
      return rowsContent(parts, kind, take);
    case 'events':
      return eventsContent(parts, kind, take);
    case 'document':
      return documentContent(parts, kind, take);
    case undefined:
      throw new NotMade('not-possible', `Nobody makes exports of ${parts.claimed.kind} any more.`);
  }
};

const put = async ({ files, bytesMax, stop }: MakeParts, name: string, { bytes }: Content): Promise<PutFile> => {
  try {
    const file = await files.put(name, bytes, { bytesMax, stop });
    // Of an epoch that nobody else has, there cannot be one.
    if (!file.isNew) throw new Error(`${name} is there already`);
    return file;
  } catch (error) {
    if (!(error instanceof FileTooLarge)) throw error;
    throw new NotMade('too-large', `It comes to more than ${bytesMax} bytes; ask for less.`);
  }
};

/** Read back from storage, before anybody can fetch it. @throws NotMade with all that is wrong */
const certified = async (
  { files }: MakeParts,
  { certify }: Content,
  { name, bytes, digest }: PutFile,
): Promise<object> => {
  async function* read(range?: { readonly from?: number; readonly to?: number }): AsyncGenerator<Uint8Array, void> {
    const got = await files.get(name, range);
    if (got === undefined) throw new NotMade('not-certified', 'The file was not there when it was to be read again.');
    yield* got.content;
  }
  const { problems, conformance } = await certify({ bytes, digest, read });
  if (problems.length > 0) throw new NotMade('not-certified', problems.join(' ').slice(0, 2_000));
  return conformance;
};
