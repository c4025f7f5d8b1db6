import path from 'node:path';
import type { Python } from '../ask-python.ts';
import type { CorpusCeiling } from '../corpus/ceilings.ts';
import { type Format, formats } from '../corpus/files-of.ts';
import { type DxfSeen, judgeDxf } from './judge-dxf.ts';
import { judgePdf, type PdfSeen } from './judge-pdf.ts';
import { judgeSvg, type SvgSeen } from './judge-svg.ts';

export type Files = Readonly<Record<Format, string>>;
export type Judged = { readonly problems: readonly string[]; readonly pdf: PdfSeen | undefined };

export const script = path.join(import.meta.dirname, 'read_files.py');

/** Has three programs read the files of a ceiling, and compares what they found with its layout. */
export const judgeFiles = async (python: Python, ceiling: CorpusCeiling, files: Files): Promise<Judged> => {
  const [dxf, svg, pdf] = await Promise.all(formats.map((format) => python.ask({ format, file: files[format] })));
  const problems = [
    ...named(
      'dxf',
      judgedBy(dxf, (seen) => judgeDxf(ceiling, seen as DxfSeen)),
    ),
    ...named(
      'svg',
      judgedBy(svg, (seen) => judgeSvg(ceiling, seen as SvgSeen)),
    ),
    ...named(
      'pdf',
      judgedBy(pdf, (seen) => judgePdf(ceiling, seen as PdfSeen)),
    ),
  ];
  return { problems, pdf: isUnreadable(pdf) ? undefined : (pdf as PdfSeen) }; // As `read_files.py` writes it.
};

const named = (format: Format, problems: readonly string[]): readonly string[] =>
  problems.map((problem) => `${format}: ${problem}`);

/** What is seen is as `read_files.py` writes it. */
const judgedBy = (answer: unknown, judge: (seen: unknown) => readonly string[]): readonly string[] =>
  isUnreadable(answer) ? [`cannot be read: ${answer.unreadable}`] : judge(answer);

const isUnreadable = (answer: unknown): answer is { readonly unreadable: string } =>
  typeof answer === 'object' && answer !== null && 'unreadable' in answer;
