/** Hands out the file of an export. */
import { seenBy } from '@plenum/event';
import { type Answer, type Asked, answer, Problem, tagKnown, withHeaders } from '@plenum/http';
import { Type } from 'typebox';
import type { ExportFileShown, ExportWorkReads } from '../exports/reads.ts';
import type { DocumentServices } from '../services.ts';
import { type ByteRange, rangeAsked } from './byte-range.ts';
import { expectAllowed } from './expect-allowed.ts';

type Parts = Pick<DocumentServices, 'exportKinds' | 'files'> & {
  readonly reads: { readonly exportWork: Pick<ExportWorkReads, 'file'> };
};

const bytes = (description: string) =>
  withHeaders(
    { description, content: { 'application/octet-stream': { schema: Type.String({ format: 'binary' }) } } },
    ...(['Accept-Ranges', 'Content-Disposition', 'Repr-Digest', 'ETag'] as const),
  );

/** What `handOut` answers with, besides that the caller has it already. */
export const fileAnswers = {
  200: bytes('All of it'),
  206: withHeaders(bytes('The range that was asked for'), 'Content-Range'),
} as const;

/**
 * An export that the caller may see, and may read what is in it.
 * @throws Problem: 404 where there is none for them, 403 where its content takes more.
 */
export const visibleExport = async (
  { reads, exportKinds }: Pick<Parts, 'reads' | 'exportKinds'>,
  id: string,
  { identity }: Pick<Asked, 'identity'>,
): Promise<ExportFileShown> => {
  const found = await reads.exportWork.file(id, seenBy(identity));
  if (found === undefined) throw new Problem('not-found', 'There is no such export.');
  const kind = exportKinds().find((one) => one.kind === found.kind);
  if (kind === undefined) throw new Problem('forbidden', `Nobody knows any more who may read ${found.kind}.`);
  expectAllowed(kind, { identity });
  return found;
};

/** All of it, the range that is asked for, or that the caller has it already. @throws Problem, TransientFailure */
export const handOut = async (
  parts: Parts,
  id: string,
  asked: Pick<Asked, 'identity' | 'headers'>,
): Promise<Answer> => {
  const { headers } = asked;
  const file = handedOut(await visibleExport(parts, id, asked));
  const tag = `"${file.digest}"`;
  const known = tagKnown(tag, headers['if-none-match']);
  if (known !== undefined) return answer(undefined, { status: 304, headers: { etag: known } });
  const range = rangeAsked({ headers }, { bytes: file.bytes, tag });
  if (range === 'not-satisfiable') {
    const of = { 'content-range': `bytes */${file.bytes}` };
    throw new Problem('range-not-satisfiable', `The file has ${file.bytes} bytes.`, { headers: of });
  }
  const got = await parts.files().get(file.name, range);
  // Between the two, its time may have come.
  if (got === undefined || got.file.bytes !== file.bytes) throw gone;
  return sent(file, tag, range, got.content);
};

type HandedOut = {
  readonly name: string;
  readonly fileName: string;
  readonly mediaType: string;
  readonly bytes: number;
  readonly digest: string;
};

/** @throws Problem for one that is not made, not yet or never, and for one whose time is over. */
const handedOut = (found: ExportFileShown): HandedOut => {
  const { state, file: name, file_name: fileName, media_type: mediaType, bytes: length, digest, is_due } = found;
  if (state === 'expired' || is_due) throw gone;
  if (state === 'failed') throw new Problem('conflict', 'The export failed; its `reason` says why.');
  if (name === null || fileName === null || mediaType === null || length === null || digest === null) {
    throw new Problem('conflict', 'The file is not made yet.', { headers: { 'retry-after': '1' } });
  }
  return { name, fileName, mediaType, bytes: length, digest };
};

const gone = new Problem('gone', 'The export has expired, and its file is removed.');

const sent = (
  { fileName, mediaType, bytes: length, digest }: HandedOut,
  tag: string,
  range: ByteRange | undefined,
  content: AsyncIterable<Uint8Array>,
): Answer => {
  const { from, to } = range ?? { from: 0, to: length };
  const headers = {
    'content-type': mediaType,
    'content-length': String(to - from),
    // Of letters, digits, points and hyphens, for it is made by us.
    'content-disposition': `attachment; filename="${fileName}"`,
    'accept-ranges': 'bytes',
    'repr-digest': `sha-256=:${Uint8Array.fromHex(digest).toBase64()}:`,
    'cache-control': 'private, no-cache',
    etag: tag,
    ...(range === undefined ? {} : { 'content-range': `bytes ${from}-${to - 1}/${length}` }),
  };
  return answer(content, { status: range === undefined ? 200 : 206, headers });
};
