/** The static gates: what `npm run check` runs, and `npm test` before any test. */
import { generateAll } from '../generate/generate-all.ts';
import { checkCircles } from './circles.ts';
import { checkDependencyPage } from './dependency-page.ts';
import type { Gate, Outcome } from './gate.ts';
import { checkLayers } from './layers.ts';
import { checkPages } from './pages.ts';
import { type Ran, runProgram } from './run-program.ts';
import { checkTidy } from './tidy.ts';

const types: Gate = {
  name: 'types',
  check: async (root) => {
    const checked = await runProgram('tsc', ['-p', '.', '--pretty', 'false'], root);
    const listed = await runProgram('tsc', ['-p', '.', '--listFilesOnly'], root);
    const ours = listed.stdout.split('\n').filter((file) => file !== '' && !file.includes('/node_modules/'));
    return { seen: ours.length, unit: 'files', problems: complaint(checked) };
  },
};

/** Lint rules, imports in order, and the format, all by Biome. */
const lintAndFormat: Gate = {
  name: 'biome',
  check: async (root) => {
    const parameters = ['ci', '--colors=off', '--error-on-warnings', '--no-errors-on-unmatched', '.'];
    return counted(await runProgram('biome', parameters, root), /Checked (\d+) files?/);
  },
};

/** What needs types: lost promises, unhandled cases; and the sizes of files and functions. */
const typedLint: Gate = {
  name: 'oxlint',
  check: async (root) => {
    const ran = await runProgram('oxlint', ['--type-aware', '--deny-warnings', '--format=unix'], root);
    // This format leaves out the count, which only the default one prints.
    const counting = await runProgram('oxlint', ['--silent'], root);
    return { ...counted(counting, / on (\d+) files?/), problems: complaint(ran) };
  },
};

const generated: Gate = {
  name: 'generated',
  check: async (root) => {
    const { files, differences } = await generateAll(root, { write: false });
    const problems = differences.map(({ path, difference }) => `${path}: ${difference}; run npm run generate`);
    return { seen: files, unit: 'files', problems };
  },
};

export const gates: readonly Gate[] = [
  types,
  typedLint,
  lintAndFormat,
  { name: 'layers', check: async (root) => checkLayers(root) },
  { name: 'circles', check: async (root) => checkCircles(root) },
  { name: 'tidy', check: async (root) => checkTidy(root) },
  { name: 'pages', check: async (root) => checkPages(root) },
  { name: 'packages', check: async (root) => checkDependencyPage(root) },
  generated,
];

const counted = (ran: Ran, pattern: RegExp): Outcome => ({
  seen: Number(pattern.exec(ran.stdout + ran.stderr)?.[1] ?? 0),
  unit: 'files',
  problems: complaint(ran),
});

const complaint = ({ code, stdout, stderr }: Ran): readonly string[] =>
  code === 0 ? [] : [`${stdout}${stderr}`.trim() || `failed with exit code ${code}`];
