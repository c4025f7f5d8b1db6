/** Small rules about the text of the tree. Each was a remark in a review once; now nobody has to make it. */
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Outcome } from './gate.ts';

type Rule = { readonly pattern: RegExp; readonly problem: string; readonly only?: RegExp };

const code = /\.(?:ts|tsx|mts|mjs|js)$/;
const test = /\.test\.tsx?$/;

const skipReason = 'a skip gives its reason, as in { skip: "no broker" }';

/** The patterns are written so that this file does not match them itself. */
const rules: readonly Rule[] = [
  { pattern: /\bFIXM[E]\b/, problem: 'mend it now, or open an issue' },
  { pattern: /\bTOD[O]\b(?! ?\(#\d+\))/, problem: 'what is left to do carries the number of its issue, as in (#12)' },
  { pattern: /\.only\s*\(|\bonly: true/, problem: 'would leave out every other test', only: test },
  { pattern: /\b(?:it|test|describe|suite)\.skip\s*\(|\.skip\s*\(\s*\)|\bskip: true/, problem: skipReason, only: test },
  { pattern: /\.todo\s*\(|\btodo: true/, problem: 'a test that is still to be written is not a test', only: test },
  { pattern: /(?<![\w.:/])\/(?:root|work|home\/\w+|Users\/\w+|tmp\/\w+)\//, problem: 'names a path of one machine' },
  { pattern: /registry\.npmjs\.or[g]|\bnpm\.pkg\.githu[b]/, problem: 'names a registry host' },
  { pattern: /@ts-(?:ignor[e]|nochec[k])/, problem: 'use @ts-expect-error with a reason', only: code },
];

const folderNames = /(?:^|\/)(?:common|shared|utils?|helpers?|types|interfaces|misc)(?:\/|\.ts$)/;

const text = '**/*.{ts,tsx,mts,mjs,js,json,jsonc,md,sql,avsc,yml,yaml,sh,conf,toml,html,css}';
const outside = ['**/node_modules/**', '**/.git/**', '.nx/**', '.cache/**', '.plenum/**', 'package-lock.json'];

/** Rules about what has to exist. Turned on one by one, when the tree obeys them. */
export type Requirement = (root: string) => readonly string[];

/** Every package says in ten lines what it is for, where to start reading, and what it must never know. */
export const everyPackageHasReadme: Requirement = (root) =>
  globSync('{apps,libs}/*/package.json', { cwd: root })
    .map((manifest) => path.dirname(manifest))
    .filter((directory) => globSync('README.md', { cwd: path.join(root, directory) }).length === 0)
    .map((directory) => `${directory}: has no README.md`);

const requirements: readonly Requirement[] = [everyPackageHasReadme];

/** Checks every text file of the tree at `root`. */
export const checkTidy = (root: string, required: readonly Requirement[] = requirements): Outcome => {
  const files = globSync([text, '.ci/**'], { cwd: root, exclude: outside, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'));
  const problems = files.flatMap((file) => [
    ...(folderNames.test(file) ? [`${file}: the name does not say what is in it`] : []),
    ...problemsOf(file, readFileSync(path.join(root, file), 'utf8')),
  ]);
  return { seen: files.length, unit: 'files', problems: [...problems, ...required.flatMap((rule) => rule(root))] };
};

const problemsOf = (file: string, content: string): readonly string[] => {
  const applying = rules.filter(({ only }) => only === undefined || only.test(file));
  return content
    .split('\n')
    .flatMap((line, index) =>
      applying
        .filter(({ pattern }) => pattern.test(line))
        .map(({ problem }) => `${file}:${index + 1}: ${problem}: ${line.trim().slice(0, 80)}`),
    );
};
