import { checkDrawing, type Sheet } from '@plenum/drawing';
import { declareLayers, drawShapes } from './draw-shapes.ts';
import { drawText } from './draw-text.ts';
import { fontOf } from './font.ts';
import { ink, type PagePlan, planSheet, type SheetPlan } from './page-plan.ts';
import { drawScaleBar } from './scale-bar.ts';
import { heldText } from './text.ts';
import { PdfDocument, type Writer } from './writer.ts';

export type PdfOptions = {
  /** When it is said to have been made: a time of the log, so that the same position gives the same bytes. */
  readonly at: Date;
};

/** Points, of 72 to an inch. */
export const pointsPerMm = 72 / 25.4;

/**
 * The sheet as PDF 1.7: the drawing at the largest standard scale that fits, and its tables on pages of their own.
 *
 * @throws UnfitDrawing
 * @throws RangeError when it does not fit on its paper
 */
export const writePdf = async (sheet: Sheet, { at }: PdfOptions): Promise<Uint8Array> => {
  checkDrawing(sheet.drawing);
  const plan = planSheet(sheet);
  const pdf = new PdfDocument({
    ...{ autoFirstPage: false, font: fontOf('regular').file, pdfVersion: '1.7' },
    info: {
      Title: heldText(sheet.drawing.title),
      Creator: 'Plenum',
      Producer: 'pdfkit',
      CreationDate: at,
      ModDate: at,
    },
  });
  const bytes = collect(pdf);
  const { width, height } = plan.paper;
  for (const [index, page] of plan.pages.entries()) {
    pdf.addPage({ size: [width * pointsPerMm, height * pointsPerMm], margin: 0 });
    if (index === 0) drawDrawing(pdf, sheet, plan);
    marked(pdf, 'Artifact', () => drawRules(pdf, page));
    if (index === 0) marked(pdf, 'Artifact', () => onPaper(pdf, () => drawScaleBar(pdf, plan)));
    for (const label of page.labels) marked(pdf, 'P', () => onPaper(pdf, () => drawText(pdf, label)));
  }
  pdf.end();
  return bytes;
};

const collect = (pdf: Writer): Promise<Uint8Array> =>
  new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    pdf.on('data', (chunk) => chunks.push(chunk));
    pdf.on('error', reject);
    pdf.on('end', () => resolve(new Uint8Array(Buffer.concat(chunks))));
  });

/** A millimetre of what is drawn becomes one of paper, so many times smaller; a reader takes the scale from here. */
const drawDrawing = (pdf: Writer, { drawing }: Sheet, { scale, origin }: SheetPlan): void => {
  declareLayers(pdf, drawing);
  pdf.save().transform(pointsPerMm, 0, 0, pointsPerMm, origin.x * pointsPerMm, origin.y * pointsPerMm);
  // Numbers have six decimals: at 1:10000 the product of both would be off by a thousandth.
  pdf.transform(1 / scale, 0, 0, 1 / scale, 0, 0);
  drawShapes(pdf, drawing, scale);
  pdf.restore();
};

const drawRules = (pdf: Writer, { rules }: PagePlan): void =>
  onPaper(pdf, () => {
    pdf.lineWidth(0.2).strokeColor(ink).undash();
    for (const { x1, y1, x2, y2 } of rules) pdf.moveTo(x1, y1).lineTo(x2, y2).stroke();
  });

const onPaper = (pdf: Writer, draw: () => void): void => {
  pdf.save().transform(pointsPerMm, 0, 0, pointsPerMm, 0, 0);
  draw();
  pdf.restore();
};

const marked = (pdf: Writer, tag: 'Artifact' | 'P', draw: () => void): void => {
  pdf.addContent(`/${tag} BMC`);
  draw();
  pdf.addContent('EMC');
};
