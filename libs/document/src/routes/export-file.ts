/** The bytes of an export. */
import { seenBy } from '@plenum/event';
import {
  type Answer,
  answer,
  defineRoute,
  notModified,
  Problem,
  problems,
  query,
  type Route,
  tagKnown,
  withHeaders,
} from '@plenum/http';
import { Type } from 'typebox';
import type { ExportFileShown } from '../exports/reads.ts';
import type { DocumentServices } from '../services.ts';
import { type ByteRange, rangeAsked } from './byte-range.ts';
import { expectAllowed } from './export-commands.ts';
import { ofExports } from './exports.ts';

const bytes = (description: string) =>
  withHeaders(
    { description, content: { 'application/octet-stream': { schema: Type.String({ format: 'binary' }) } } },
    ...(['Accept-Ranges', 'Content-Disposition', 'Repr-Digest', 'ETag'] as const),
  );

export const exportFileRoutes = ({ reads, files, exportKinds }: DocumentServices): readonly Route[] => [
  defineRoute({
    operationId: 'getExportFile',
    method: 'GET',
    path: `${ofExports.kind}/:id/file`,
    access: ofExports.access,
    tags: ofExports.tags,
    summary: 'The file of an export, or a part of it',
    description: 'One range of bytes may be asked for. The type of the content is that of the file.',
    params: Type.Object({ id: Type.String({ description: 'Which export.', maxLength: 200 }) }),
    querystring: query({}),
    answers: {
      200: bytes('All of it'),
      206: withHeaders(bytes('The range that was asked for'), 'Content-Range'),
      ...notModified,
      ...problems(404, 409, 410, 416),
    },
    sendsFile: true,
    handle: async ({ params: { id }, identity, headers }) => {
      const found = await reads.exportWork.file(id, seenBy(identity));
      if (found === undefined) throw new Problem('not-found', 'There is no such export.');
      const kind = exportKinds().find((one) => one.kind === found.kind);
      if (kind === undefined) throw new Problem('forbidden', `Nobody knows any more who may read ${found.kind}.`);
      expectAllowed(kind, { identity });
      const file = handedOut(found);
      const tag = `"${file.digest}"`;
      const known = tagKnown(tag, headers['if-none-match']);
      if (known !== undefined) return answer(undefined, { status: 304, headers: { etag: known } });
      const asked = rangeAsked({ headers }, { bytes: file.bytes, tag });
      if (asked === 'not-satisfiable') {
        const of = { 'content-range': `bytes */${file.bytes}` };
        throw new Problem('range-not-satisfiable', `The file has ${file.bytes} bytes.`, { headers: of });
      }
      const got = await files().get(file.name, asked);
      // Between the two, its time may have come.
      if (got === undefined || got.file.bytes !== file.bytes) throw gone;
      return sent(file, tag, asked, got.content);
    },
  }),
];

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
