/** Entities that decisions make have versions, counted from 1. Their `ETag` is the version, and `If-Match` asks for it. */
import { Type } from 'typebox';
import { type Answer, answer } from './answer.ts';
import { Problem } from './problem.ts';

export const versionTag = (version: number): string => `"${version}"`;

/** For the answers of a route with `entityTag`, or with versions: it takes `If-None-Match`, and all of these have an `ETag`. */
export const notModified = { 304: Type.Null({ description: 'As `If-None-Match` has it.' }) };

/** What a tag is that a compressed answer had. */
export const withoutCoding = (tag: string): string => tag.replace(/-(?:zstd|br|gzip)"$/, '"');

/** Of a request, the headers that it came with, by lower-case names. */
export type WithHeaders = { readonly headers: Readonly<Record<string, string | readonly string[] | undefined>> };

/** For commands that no version can be asked of. @throws Problem where one is: it would be taken for kept. */
export const refuseVersion = ({ headers }: WithHeaders): void => {
  refuseOtherConditions(headers);
  if (headers['if-match'] === undefined) return;
  throw new Problem('validation', 'headers: If-Match has no meaning here: there is no version that this depends on.');
};

/**
 * The version that the caller has seen; `undefined` when any will do.
 * @throws Problem for what is no `ETag` of ours: it cannot be what is there.
 */
export const seenVersion = ({ headers }: WithHeaders): number | undefined => {
  refuseOtherConditions(headers);
  const given = headers['if-match']?.toString().trim();
  if (given === undefined || given === '*') return undefined;
  const version = /^\s*"([1-9]\d{0,8})"\s*$/.exec(withoutCoding(given))?.[1];
  if (version === undefined) {
    throw new Problem('validation', 'headers: If-Match takes one ETag as it was given, such as "3".');
  }
  return Number(version);
};

/** Nothing that changes something looks at these, and a condition that is not looked at would be taken for kept. */
const refuseOtherConditions = (headers: WithHeaders['headers']): void => {
  const given = ['If-None-Match', 'If-Unmodified-Since'].find((name) => headers[name.toLowerCase()] !== undefined);
  if (given !== undefined) throw new Problem('validation', `headers: ${given} has no meaning here; use If-Match.`);
};

/** What `If-None-Match` calls this tag, if it does: without the `W/` that does not matter there, perhaps of compressed content. */
export const tagKnown = (tag: string, asked: string | readonly string[] | undefined): string | undefined => {
  const text = asked?.toString();
  if (text?.trim() === '*') return tag;
  return text
    ?.split(',')
    .map((one) => one.trim().replace(/^W\//, ''))
    .find((one) => withoutCoding(one) === tag);
};

/** An entity with its version as `ETag`; nothing of it where `If-None-Match` names that version. */
export const versioned = <Row extends { readonly stream_version: number }>(
  { headers }: WithHeaders,
  row: Row,
): Answer<Row | undefined> => {
  const tag = versionTag(row.stream_version);
  const known = tagKnown(tag, headers['if-none-match']);
  return known === undefined
    ? answer(row, { headers: { etag: tag } })
    : answer(undefined, { status: 304, headers: { etag: known } });
};
