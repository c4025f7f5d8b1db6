/**
 * What the bucket looks like, below a prefix. A file appears by one small conditional write, when its bytes are there already:
 *
 *     names/exports/a.dxf!    empty; its metadata say the digest, how many bytes, and which content
 *     contents/0192…          the bytes; nothing is written there twice
 *     unfinished/0192…        beside a content for as long as a put or a removal is at work on it; its metadata say the name
 *
 * The digest is known only behind the last byte, where an upload's metadata cannot be changed any more; and it takes no
 * conditional end of a multipart upload, which many servers do not have. What a process left that died is found by what is
 * unfinished, without looking at everything.
 *
 * The `!` keeps a file from a folder of its name, on servers that keep objects as files. It sorts before all that names are
 * made of, so keys sort as names do.
 */
const mark = '!';

export type Layout = {
  readonly keyOf: (name: string) => string;
  /** Of all keys of names that begin so. */
  readonly keyPrefix: (namePrefix: string) => string;
  /** `undefined` for a key of something else. */
  readonly nameIn: (key: string) => string | undefined;
  readonly contentKey: (content: string) => string;
  readonly unfinishedKey: (content: string) => string;
  readonly unfinishedPrefix: string;
};

/** `prefix` is empty or ends with a slash. */
export const layoutIn = (prefix: string): Layout => {
  const names = `${prefix}names/`;
  const unfinishedPrefix = `${prefix}unfinished/`;
  return {
    keyOf: (name) => `${names}${name}${mark}`,
    keyPrefix: (namePrefix) => `${names}${namePrefix}`,
    nameIn: (key) => (key.endsWith(mark) ? key.slice(names.length, -mark.length) : undefined),
    contentKey: (content) => `${prefix}contents/${content}`,
    unfinishedKey: (content) => `${unfinishedPrefix}${content}`,
    unfinishedPrefix,
  };
};
