/** Pictures of the first ceilings of a corpus, of two that are wrong on purpose, and all of them on one sheet to look at. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { pythonEnvironment } from '../../examples/python-environment.ts';
import { openPython } from '../ask-python.ts';
import { pictured } from '../corpus/chosen-ceilings.ts';
import type { CeilingDrawings } from '../corpus/files-of.ts';
import { panelMoved, transposed } from '../corpus/mutants.ts';
import { writeFiles } from '../corpus/write-files.ts';
import type { JudgedCeiling } from '../judge-corpus.ts';
import { script as fileScript, judgeFiles } from '../judges/judge-files.ts';
import { openChromium } from './chromium.ts';
import { judgePictures, type PicturesSeen, type Renderers } from './judge-pictures.ts';
import { findPoppler } from './poppler.ts';

export type PicturesJudged = {
  readonly seen: readonly PicturesSeen[];
  /** Wrong drawings, and the problems that were seen in their pictures: each has some. */
  readonly mutants: Readonly<Record<string, readonly string[]>>;
  readonly sheet: string | undefined;
  readonly missing: readonly string[];
};

export const judgeAllPictures = async (judged: readonly JudgedCeiling[], out: string): Promise<PicturesJudged> => {
  const { python, skip } = await pythonEnvironment(path.join(import.meta.dirname, 'requirements.txt'));
  if (python === undefined) return { seen: [], mutants: {}, sheet: undefined, missing: [skip] };
  const folder = path.join(out, 'pictures');
  await mkdir(folder, { recursive: true });
  await using program = openPython(python, path.join(import.meta.dirname, 'pictures.py'));
  await using chromium = await openChromium();
  const hasPoppler = await findPoppler();
  const renderers = { python: program, chromium, hasPoppler, folder };
  const seen: PicturesSeen[] = [];
  for (const one of judged.slice(0, pictured)) {
    if (one.pdf !== undefined) seen.push(await judgePictures(renderers, one));
  }
  const mutants = await judgeMutants({ ...renderers, folder }, python, judged[mutated]);
  const sheet = path.join(out, 'contact-sheet.png');
  const rows = seen.map(({ name, shown, problems }) => ({
    name: [name, ...problems].join('; '),
    pictures: shown,
  }));
  await program.ask({ work: 'sheet', file: sheet, cell: 480, rows });
  return {
    ...{ seen, mutants, sheet },
    missing: [
      ...(chromium === undefined ? ['no Chromium on this machine'] : []),
      ...(hasPoppler ? [] : ['no pdftoppm on this machine: PDFium rendered the PDF']),
    ],
  };
};

/** Which of the corpus is drawn wrong: five millimetres are almost four pixels of it. */
const mutated = 1;
const movedMm = 5;

const judgeMutants = async (
  renderers: Renderers,
  python: string,
  original: JudgedCeiling | undefined,
): Promise<PicturesJudged['mutants']> => {
  if (original === undefined) return {};
  await using reader = openPython(python, fileScript);
  const judge = async (name: string, drawings: CeilingDrawings): Promise<readonly string[]> => {
    const ceiling = { ...original.ceiling, name };
    const files = await writeFiles(renderers.folder, ceiling, drawings);
    const { pdf } = await judgeFiles(reader, ceiling, files);
    return (await judgePictures(renderers, { ...original, ceiling, files, pdf })).problems;
  };
  return {
    [`a panel moved by ${movedMm} mm`]: await judge('moved', panelMoved(original.ceiling, movedMm)),
    'the grid transposed': await judge('transposed', transposed(original.ceiling)),
  };
};

/** Each of the formats has to be refused for itself. */
export const unseenMutants = ({ mutants, missing }: PicturesJudged): readonly string[] =>
  Object.entries(mutants).flatMap(([name, problems]) =>
    ['dxf', 'pdf', ...(missing.some((reason) => reason.includes('Chromium')) ? [] : ['svg'])]
      .filter((format) => !problems.some((problem) => problem.startsWith(`${format}: `)))
      .map((format) => `${format}: ${name} was not seen`),
  );
