import { fontOf } from './font.ts';
import { glyphTextOf, heldText, runsOf, widthOf } from './text.ts';
import type { Writer } from './writer.ts';

export type DrawnText = {
  /** Of the baseline's left end. */
  readonly x: number;
  readonly y: number;
  /** Of a capital letter. */
  readonly height: number;
  readonly text: string;
  readonly bold: boolean;
  readonly color: string;
};

/** In the units that hold where it is drawn, run by run from left to right. */
export const drawText = (pdf: Writer, { x, y, height, text, bold, color }: DrawnText): void => {
  const font = fontOf(bold ? 'bold' : 'regular');
  pdf
    .font(font.file)
    .fontSize(height / font.capital)
    .fillColor(color);
  let left = x;
  for (const run of runsOf(heldText(text))) {
    pdf.text(glyphTextOf(run), left, y, { lineBreak: false, baseline: 'alphabetic', features: [] });
    left += widthOf(run.text, height, font);
  }
};
