/**
 * What a how-to page asks its reader to write. A fenced block that names a path behind its language is a step: the whole
 * of that file, or, in a `diff`, changes to it. Renderers show the language only, so the page says the path as well.
 */

export type Step =
  | { readonly kind: 'file'; readonly path: string; readonly content: string }
  | { readonly kind: 'edit'; readonly path: string; readonly changes: readonly Change[] };

/** Lines as they are before and after. */
export type Change = { readonly before: readonly string[]; readonly after: readonly string[] };

const fence = /^( *)```([a-z]+) (\S+)\n([\s\S]*?)^\1```$/gm;

/** The steps of a page in its order. @throws when a path is named by a fence alone, where no reader sees it. */
export const stepsOf = (page: string): readonly Step[] =>
  [...page.matchAll(fence)].map(([, indent = '', language, path = '', body = '']) => {
    if (!page.replaceAll(fence, '').includes(`\`${path}\``)) throw new Error(`nothing on the page says ${path}`);
    const content = body.replaceAll(new RegExp(`^${indent}`, 'gm'), '');
    return language === 'diff' ? { kind: 'edit', path, changes: changesOf(content) } : { kind: 'file', path, content };
  });

const changesOf = (diff: string): readonly Change[] =>
  diff.split(/^@@\n/m).map((part) => {
    const lines = part.replace(/\n$/, '').split('\n');
    const without = (sign: string): readonly string[] =>
      lines.filter((line) => !line.startsWith(sign)).map((line) => line.slice(1));
    return { before: without('+'), after: without('-') };
  });

/** The file after these changes. @throws when the lines of one are not there, or are there more than once. */
export const edited = (source: string, changes: readonly Change[]): string =>
  changes.reduce(applied, `\n${source}`).slice(1);

const applied = (source: string, { before, after }: Change): string => {
  const wanted = `\n${before.join('\n')}\n`;
  const [head, tail, ...more] = source.split(wanted);
  if (head === undefined || tail === undefined) throw new Error(`these lines are not there:${wanted}`);
  if (more.length > 0) throw new Error(`these lines are there more than once:${wanted}`);
  return `${head}\n${after.join('\n')}\n${tail}`;
};
