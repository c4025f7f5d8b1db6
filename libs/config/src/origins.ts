/** Origins of web pages, as browsers write them into `Origin`: compared letter by letter, so they are read into that form. */
import { type Declared, type Setting, setting, type ValueOf } from './setting.ts';

type Any = {
  /** `*` is taken, and stands for every origin. */
  readonly orAny?: true;
};

/**
 * Origins with commas between them. Upper case, the port that a scheme has anyway, a slash at the end and letters beyond
 * ASCII are written as browsers do; a path, which no browser sends, is refused.
 */
export const origins = <const D extends Declared<readonly string[]> & Any>(
  declared: D,
): Setting<ValueOf<readonly string[], D>> => {
  const { orAny } = declared;
  const parse = (written: string): readonly string[] | undefined => {
    const parts = written.split(',').map((part) => part.trim());
    const read = parts.filter((part) => part !== '').map((part) => (orAny && part === '*' ? part : originOf(part)));
    const known = read.filter((origin) => origin !== undefined);
    return known.length > 0 && known.length === read.length ? [...new Set(known)] : undefined;
  };
  const expected = `a list with commas of origins, as https://plenum.example${orAny ? ', or *' : ''}`;
  return setting({ expected, parse, format: (value) => value.join(',') }, declared);
};

/** RFC 6454, section 6.2. `undefined` when a page cannot have it. */
const originOf = (written: string): string | undefined => {
  const url = URL.parse(written);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) return undefined;
  const more = [url.pathname.replace(/^\/$/, ''), url.search, url.hash, url.username, url.password];
  return more.every((part) => part === '') ? url.origin : undefined;
};
