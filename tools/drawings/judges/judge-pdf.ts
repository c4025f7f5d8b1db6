import type { CorpusCeiling } from '../corpus/ceilings.ts';
import { type Box, layoutFacts } from '../corpus/layout-facts.ts';
import { boxProblems } from './same-boxes.ts';

/** As `read_files.py` writes it. Lengths are points of the page, y up. */
export type PdfSeen = {
  readonly pages: readonly (readonly [width: number, height: number])[];
  /** Millimetres of what is drawn for one of paper, as the page says. */
  readonly scale: number | null;
  /** Rectangles of the drawing, in the order in which they are drawn. */
  readonly boxes: readonly Box[];
  readonly lines: number;
  readonly circles: number;
  /** Of the first page, in the order in which they are drawn. */
  readonly texts: readonly (readonly [text: string, left: number, bottom: number, right: number, top: number])[];
  readonly actions: number;
  readonly annotations: number;
};

const papers = { a4: [297, 210], a3: [420, 297] } as const;
const mmPerPoint = 25.4 / 72;

/** Two from the points, one between, and a stroke at each of its ends. */
const linesOfDimension = 5;

export const judgePdf = (ceiling: CorpusCeiling, seen: PdfSeen): readonly string[] => {
  const { boundary, inset, panels, nodes, measures } = layoutFacts(ceiling);
  const { material, title } = ceiling;
  const scale = seen.scale ?? NaN;
  const [from] = seen.boxes;
  const inMm = ([x, y, length, width]: Box): Box => {
    const mm = (points: number) => points * mmPerPoint * scale;
    return [mm(x - (from?.[0] ?? NaN)), mm(y - (from?.[1] ?? NaN)), mm(length), mm(width)];
  };
  return [
    ...seen.pages.flatMap((page, index) => pageProblems(page, papers[ceiling.paper], index + 1)),
    ...(seen.scale === null ? ['no scale is said'] : []),
    ...boxProblems({
      what: 'outlines (ceiling, gap, panels)',
      wanted: [boundary, inset, ...panels],
      found: seen.boxes.map(inMm),
      // PDFium computes in single floats: a thousandth of a millimetre on paper is more than they lose.
      toleranceMm: 0.001 * scale + 0.001,
    }),
    ...labelProblems(seen, panels.length),
    ...(seen.lines === linesOfDimension * measures.length ? [] : [`${seen.lines} lines of dimensions`]),
    ...(seen.circles === nodes.length ? [] : [`${seen.circles} circles`]),
    ...(seen.actions + seen.annotations === 0 ? [] : [`${seen.actions} scripts and ${seen.annotations} annotations`]),
    ...wordProblems(seen, [title, ...(material === undefined ? [] : [material.name])]),
    ...wordProblems(
      seen,
      nodes.map(({ node_id }) => node_id),
    ),
  ];
};

const pageProblems = (
  page: readonly [number, number],
  paper: readonly [number, number],
  number: number,
): readonly string[] => {
  const isRight = paper.every((mm, index) => Math.abs(mm - (page[index] ?? NaN) * mmPerPoint) < 0.01);
  return isRight ? [] : [`page ${number} is ${page.map((points) => (points * mmPerPoint).toFixed(1)).join(' x ')} mm`];
};

/** The first texts there are: `P1` and so on, each in the middle of its panel, as well as letters can be. */
const labelProblems = ({ boxes, texts }: PdfSeen, panels: number): readonly string[] => {
  const differ = Array.from({ length: panels }, (_, index) => index).find((index) => {
    const [x, y, length, width] = boxes[index + 2] ?? [NaN, NaN, NaN, NaN];
    const [text, left, bottom, right, top] = texts[index] ?? ['', NaN, NaN, NaN, NaN];
    const reach = Math.max(right - left, top - bottom) + 0.01;
    const isThere =
      Math.abs((left + right) / 2 - x - length / 2) <= reach && Math.abs((top + bottom) / 2 - y - width / 2) <= reach;
    return text !== `P${index + 1}` || !isThere;
  });
  return differ === undefined ? [] : [`the label of panel ${differ + 1} is ${JSON.stringify(texts[differ])}`];
};

/** How many characters have room in any cell of a title block. */
const roomy = 20;

/**
 * Words of letters, digits and signs of ASCII, each of which stands on the page as it is: which order the others come in, and
 * where a reader takes a space for one, depends on the reader.
 */
const wordProblems = ({ texts }: PdfSeen, wanted: readonly string[]): readonly string[] => {
  const page = texts.map(([text]) => text).join('\n');
  return wanted
    .flatMap((text) => text.slice(0, roomy).match(/[!-~]+(?![!-~]*$)/g) ?? text.match(/^[!-~]{1,20}$/g) ?? [])
    .filter((word) => !page.includes(word))
    .slice(0, 5)
    .map((word) => `${JSON.stringify(word)} is not on the page`);
};
