import { type Shape, Unreadable } from '@plenum/drawing';
import { getDocument, type PDFDocumentProxy } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { type Mark, marksOf } from './marks.ts';
import { baseOf, type Look, type Measure, measureOf, scaleOf, shapeOf } from './shapes-of.ts';
import { pointsPerMm } from './write-pdf.ts';

export type PdfFound = {
  readonly version: string;
  readonly title: string;
  readonly createdAt: string;
  /** Width and height of each page, in millimetres. */
  readonly pages: readonly (readonly [width: number, height: number])[];
  /** Millimetres of what is drawn for one of paper; absent where nothing is drawn. */
  readonly scale: number | undefined;
  /** Where the origin of the drawing lies, in millimetres of paper from the lower left corner. */
  readonly origin: readonly [x: number, y: number] | undefined;
  readonly layers: readonly string[];
  readonly shapes: readonly Shape[];
  readonly looks: readonly Look[];
  /** How the text of each dimension stands, in their order. */
  readonly measures: readonly Measure[];
  /** Of the title block and of tables, page by page, as they stand from left to right. */
  readonly texts: readonly string[];
};

/**
 * What a PDF file holds that was written by `writePdf`.
 *
 * @throws Unreadable when it holds anything else, or is damaged.
 */
export const readPdf = async (bytes: Uint8Array): Promise<PdfFound> => {
  checkEnds(bytes);
  // The reader takes the bytes away from its caller.
  const loading = getDocument({ data: Uint8Array.from(bytes), ...quiet });
  try {
    return await foundIn(await loading.promise);
  } catch (error) {
    throw error instanceof Unreadable ? error : new Unreadable(`not PDF: ${String(error)}`);
  } finally {
    await loading.destroy();
  }
};

/** Nothing is drawn, looked up, or run; what is broken is not mended. */
const quiet = {
  ...{ verbosity: 0, stopAtErrors: true, disableFontFace: true, useSystemFonts: false, useWorkerFetch: false },
  ...{ isEvalSupported: false, enableXfa: false, isOffscreenCanvasSupported: false },
} as const;

/** A reader that mends would find its way in a file that was cut. */
const checkEnds = (bytes: Uint8Array): void => {
  const ends = new TextDecoder('latin1').decode(bytes);
  const [, offset] = /\nstartxref\n(\d+)\n%%EOF\n$/.exec(ends.slice(-40)) ?? [];
  if (!ends.startsWith('%PDF-') || offset === undefined || !ends.startsWith('xref\n', Number(offset))) {
    throw new Unreadable('does not begin, or does not end, as PDF does');
  }
};

const foundIn = async (pdf: PDFDocumentProxy): Promise<PdfFound> => {
  const { info } = await pdf.getMetadata();
  const said = info as { readonly PDFFormatVersion?: string; readonly Title?: string; readonly CreationDate?: string }; // As pdfjs lists it.
  const names = await layerNames(pdf);
  const pages: [number, number][] = [];
  const marks: Mark[] = [];
  for (let number = 1; number <= pdf.numPages; number += 1) {
    const page = await pdf.getPage(number);
    const [left = 0, bottom = 0, right = 0, top = 0] = page.view;
    if (left !== 0 || bottom !== 0 || page.rotate !== 0 || page.userUnit !== 1)
      throw new Unreadable('a page that is turned');
    if ((await page.getAnnotations()).length > 0) throw new Unreadable('a page with annotations');
    pages.push([right / pointsPerMm, top / pointsPerMm]);
    marks.push(...marksOf(await page.getOperatorList()));
  }
  return {
    ...{ version: said.PDFFormatVersion ?? '', title: said.Title ?? '', createdAt: said.CreationDate ?? '', pages },
    ...drawnBy(marks, names),
    texts: marks.filter(({ tag }) => tag === 'P').map(({ letters }) => letters.map(({ text }) => text).join('')),
  };
};

const layerNames = async (pdf: PDFDocumentProxy): Promise<ReadonlyMap<string, string>> => {
  const groups = (await pdf.getOptionalContentConfig()) as Iterable<[string, { readonly name: string }]>; // Its own iterator.
  return new Map(Array.from(groups, ([id, { name }]) => [id, name]));
};

type Drawn = Pick<PdfFound, 'scale' | 'origin' | 'layers' | 'shapes' | 'looks' | 'measures'>;

const drawnBy = (marks: readonly Mark[], names: ReadonlyMap<string, string>): Drawn => {
  const unknown = marks.find(({ tag }) => tag !== 'OC' && tag !== 'P' && tag !== 'Artifact');
  if (unknown !== undefined) throw new Unreadable(`a mark ${unknown.tag}`);
  const drawn = marks.filter(({ tag }) => tag === 'OC');
  const layers = [...names.values()];
  const [first] = drawn;
  if (first === undefined) return { scale: undefined, origin: undefined, layers, shapes: [], looks: [], measures: [] };
  const base = baseOf(first);
  const found = drawn.map((mark) => {
    if (mark.matrix.join() !== first.matrix.join()) throw new Unreadable('a drawing at several scales');
    return { mark, ...shapeOf(mark, names.get(mark.layer ?? '') ?? '', base) };
  });
  return {
    scale: scaleOf(base),
    origin: [base.x / pointsPerMm, base.y / pointsPerMm],
    layers,
    shapes: found.map(({ shape }) => shape),
    looks: found.flatMap(({ look }) => (look === undefined ? [] : [look])),
    measures: found.flatMap(({ mark, shape }) => (shape.kind === 'dimension' ? [measureOf(mark.letters, base)] : [])),
  };
};
