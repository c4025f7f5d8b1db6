/** Pages that point somewhere: every link has to lead to a file and its heading, and every path in `code` has to exist. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Outcome } from './gate.ts';

const outside = ['**/node_modules/**', '.nx/**', '.cache/**', '.plenum/**'];

/** Checks every Markdown page of the tree at `root`. */
export const checkPages = (root: string): Outcome => {
  const pages = globSync('**/*.md', { cwd: root, exclude: outside }).map((page) => page.replaceAll(path.sep, '/'));
  const problems = pages.toSorted().flatMap((page) => problemsOf(root, page));
  return { seen: pages.length, unit: 'pages', problems };
};

const fence = /^( *)```.*\n[\s\S]*?^\1```$/gm;
const link = /\]\(<?([^)\s>]+)>?\)/g;
/** From the top of the tree, of letters that stand for themselves only. */
const pathInCode = /`((?:apps|deploy|docs|libs|schemas|tools)\/[\w./@-]+)`/g;

const problemsOf = (root: string, page: string): readonly string[] => {
  const whole = readFileSync(path.join(root, page), 'utf8');
  const text = whole.replaceAll(fence, '');
  // What a page asks its reader to write is not there yet.
  const toWrite = new Set([...whole.matchAll(/^ *```[a-z]+ (\S+)$/gm)].map(([, file]) => file));
  const broken = [...text.matchAll(link)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target) && !leadsSomewhere(root, page, target))
    .map((target) => `${page}: nothing is at ${target}`);
  const absent = [...text.matchAll(pathInCode)]
    .map(([, file = '']) => file)
    .filter((file) => !toWrite.has(file) && !existsSync(path.join(root, file)))
    .map((file) => `${page}: there is no ${file}`);
  return [...broken, ...absent];
};

const leadsSomewhere = (root: string, page: string, target: string): boolean => {
  const [file = '', heading] = target.split('#');
  const found = path.join(root, file === '' ? page : path.join(path.dirname(page), file));
  if (!existsSync(found)) return false;
  return heading === undefined || !found.endsWith('.md') || anchorsOf(readFileSync(found, 'utf8')).has(heading);
};

/** As GitHub makes them of headings. */
const anchorsOf = (text: string): ReadonlySet<string> =>
  new Set(
    [...text.replaceAll(fence, '').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
