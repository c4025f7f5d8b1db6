import { createHash } from 'node:crypto';
import { type Certificate, certify, dimensionParts, type Shape, type Sheet, Unreadable } from '@plenum/drawing';
import { fontOf } from './font.ts';
import { lookOf } from './look.ts';
import { planSheet, type SheetPlan } from './page-plan.ts';
import { type PdfFound, readPdf } from './read-pdf.ts';
import { heldText, shownText, widthOf } from './text.ts';
import type { PdfOptions } from './write-pdf.ts';

/**
 * Whether these bytes hold this sheet as PDF. `written` is the SHA-256 of what `writePdf` gave, in hex: with it, nothing at all
 * may have changed since.
 */
export const certifyPdf = async (
  bytes: Uint8Array,
  sheet: Sheet,
  { written, at }: PdfOptions & { readonly written?: string },
): Promise<Certificate> => {
  const plan = planSheet(sheet);
  const found = await readPdf(bytes).catch((error: unknown) => {
    if (error instanceof Unreadable) return error;
    throw error;
  });
  return certify<PdfFound>({
    format: 'pdf',
    sha256: createHash('sha256').update(bytes).digest('hex'),
    written,
    expected: sheet.drawing.shapes.map(paperShape),
    layers: sheet.drawing.layers.map(({ name }) => name),
    tolerance: toleranceAt(plan.scale),
    read: () => {
      if (found instanceof Unreadable) throw found;
      return found;
    },
    check: (read) => [
      ...headProblems(read, sheet, at),
      ...pageProblems(read, plan, sheet.drawing.shapes.length > 0),
      ...textProblems(read, plan),
      ...lookProblems(read, sheet, plan),
      ...measureProblems(read, sheet, plan),
    ],
  });
};

/** The reader has single floats, and pdfkit six decimals of a point: a ten-thousandth of a millimetre on paper. */
const toleranceAt = (scale: number): number => 0.001 + 0.0005 * scale;

/** A text stands where its left end is, its letters as they are seen; which weight it has does not change its place in the file. */
const paperShape = (shape: Shape): Shape => {
  if (shape.kind !== 'text') return shape;
  const weight = shape.bold === true ? 'bold' : 'regular';
  const { layer, height, at } = shape;
  const text = shownText(shape.text, weight);
  if (shape.align === 'start') return { kind: 'text', layer, align: 'start', at, height, text };
  const width = widthOf(heldText(shape.text), height, fontOf(weight));
  return { kind: 'text', layer, align: 'start', at: { x: at.x - width / 2, y: at.y - height / 2 }, height, text };
};

const headProblems = (found: PdfFound, { drawing }: Sheet, at: Date): readonly string[] => {
  const createdAt = `D:${at.toISOString().slice(0, 19).replaceAll(/[-:T]/g, '')}Z`;
  return [
    ...(found.version === '1.7' ? [] : [`is of version ${found.version}, and not 1.7`]),
    ...(found.title === heldText(drawing.title) ? [] : [`has the title ${JSON.stringify(found.title.slice(0, 80))}`]),
    ...(found.createdAt === createdAt ? [] : [`says that it is of ${found.createdAt}, and not ${createdAt}`]),
  ];
};

const pageProblems = (
  found: PdfFound,
  { paper, pages, scale, origin }: SheetPlan,
  isDrawn: boolean,
): readonly string[] => {
  const isPaper = found.pages.every(([width, height]) => isNear(width, paper.width) && isNear(height, paper.height));
  const isScaled = found.scale !== undefined && Math.abs(found.scale / scale - 1) < 1e-6;
  const isPlaced = isNear(found.origin?.[0], origin.x) && isNear(found.origin?.[1], paper.height - origin.y);
  return [
    ...(isPaper
      ? []
      : [
          `has pages of ${found.pages.map((page) => page.map(rounded).join(' by ')).join(', ')} mm, and not ${paper.width} by ${paper.height}`,
        ]),
    ...(found.pages.length === pages.length ? [] : [`has ${found.pages.length} pages, and not ${pages.length}`]),
    ...(!isDrawn || isScaled ? [] : [`is drawn at 1:${rounded(found.scale ?? 0)}, and not 1:${scale}`]),
    ...(!isDrawn || isPlaced ? [] : ['has its drawing elsewhere on the page']),
  ];
};

const rounded = (value: number): number => Number(value.toFixed(4));

const isNear = (found: number | undefined, expected: number): boolean => Math.abs((found ?? 1e9) - expected) < 0.01;

const textProblems = (found: PdfFound, { pages }: SheetPlan): readonly string[] => {
  const expected = pages.flatMap(({ labels }) =>
    labels.filter(({ text }) => text !== '').map(({ text, bold }) => shownText(text, bold ? 'bold' : 'regular')),
  );
  const texts = found.texts.filter((text) => text !== '');
  const at = expected.findIndex((text, index) => text !== texts[index]);
  if (at === -1 && texts.length === expected.length) return [];
  const [is, should] = [texts[Math.max(at, 0)], expected[Math.max(at, 0)]].map((text) =>
    JSON.stringify(text?.slice(0, 80)),
  );
  return [`has ${texts.length} texts beside its drawing, and not ${expected.length}; ${is} is not ${should}`];
};

const lookProblems = (found: PdfFound, { drawing }: Sheet, { scale }: SheetPlan): readonly string[] => {
  const wrong = drawing.layers.filter((layer) => {
    const { width, dash = [] } = lookOf(layer, scale);
    return found.looks.some((look) => {
      if (look.layer !== layer.name) return false;
      const numbers = [look.width, ...look.dash];
      const expected = [width, ...dash];
      const isSame =
        numbers.length === expected.length &&
        numbers.every((length, index) => Math.abs(length - (expected[index] ?? 0)) <= toleranceAt(scale));
      return !isSame || look.stroke !== layer.stroke || (look.fill !== undefined && look.fill !== layer.fill);
    });
  });
  return wrong.map(({ name }) => `draws layer ${name} in other colours, widths or dashes`);
};

/** What a dimension says stands on its line. */
const measureProblems = (found: PdfFound, { drawing }: Sheet, { scale }: SheetPlan): readonly string[] => {
  const dimensions = drawing.shapes.filter((shape) => shape.kind === 'dimension');
  return dimensions.flatMap((dimension, index) => {
    const { text } = dimensionParts(dimension);
    const measure = found.measures[index];
    // Kerning may move letters a little.
    const isAtPlace =
      measure?.text === text.text &&
      Math.hypot(measure.at.x - text.at.x, measure.at.y - text.at.y) <= toleranceAt(scale) + 0.02 * text.height &&
      Math.abs(measure.degrees - text.degrees) < 0.01;
    return isAtPlace ? [] : [`shows dimension ${index + 1} otherwise than it is`];
  });
};
