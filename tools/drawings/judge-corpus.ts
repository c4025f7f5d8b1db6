/** Draws a corpus of ceilings, and has every file judged. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { pythonEnvironment } from '../examples/python-environment.ts';
import { openPython, type Python } from './ask-python.ts';
import { type CorpusCeiling, corpusOf } from './corpus/ceilings.ts';
import { writeFiles } from './corpus/write-files.ts';
import { findGdal, judgeByGdal } from './judges/gdal.ts';
import { type Files, judgeFiles, script } from './judges/judge-files.ts';
import type { PdfSeen } from './judges/judge-pdf.ts';

export type JudgedCeiling = {
  readonly ceiling: CorpusCeiling;
  readonly files: Files;
  readonly problems: readonly string[];
  readonly pdf: PdfSeen | undefined;
};

export type JudgedCorpus = {
  readonly judged: readonly JudgedCeiling[];
  /** Programs that are not there, and what was not judged for it. */
  readonly missing: readonly string[];
};

export type Asked = { readonly ceilings: number; readonly seed: number; readonly out: string };

export const judgeCorpus = async (asked: Asked): Promise<JudgedCorpus> => {
  const { python, skip } = await pythonEnvironment(path.join(import.meta.dirname, 'requirements.txt'));
  const gdal = await findGdal();
  await mkdir(asked.out, { recursive: true });
  await using program = python === undefined ? undefined : openPython(python, script);
  const judged: JudgedCeiling[] = [];
  const judging: Promise<void>[] = [];
  for (const ceiling of corpusOf(asked.ceilings, asked.seed)) {
    // The next one is drawn while this one is read.
    const files = await writeFiles(asked.out, ceiling);
    judging.push(judgeOne(program, 'version' in gdal, { ceiling, files }).then((one) => void judged.push(one)));
    if (judging.length > aheadMax) await judging[judging.length - 1 - aheadMax];
  }
  await Promise.all(judging);
  return {
    judged: judged.toSorted((one, other) => (one.ceiling.name < other.ceiling.name ? -1 : 1)),
    missing: [...(skip === false ? [] : [skip]), ...('missing' in gdal ? [gdal.missing] : [])],
  };
};

/** How many files of each kind are written before they are read. */
const aheadMax = 2;

const judgeOne = async (
  program: Python | undefined,
  hasGdal: boolean,
  { ceiling, files }: { readonly ceiling: CorpusCeiling; readonly files: Files },
): Promise<JudgedCeiling> => {
  const [read, byGdal] = await Promise.all([
    program === undefined ? { problems: [], pdf: undefined } : judgeFiles(program, ceiling, files),
    hasGdal ? judgeByGdal(ceiling, files.dxf) : [],
  ]);
  return { ceiling, files, problems: [...read.problems, ...byGdal], pdf: read.pdf };
};
