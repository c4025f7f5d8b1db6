import { drawText } from './draw-text.ts';
import { fontOf } from './font.ts';
import { ink, type SheetPlan } from './page-plan.ts';
import { widthOf } from './text.ts';
import type { Writer } from './writer.ts';

const parts = 4;
const height = 1.6;
/** Of one part, on paper. */
const partMax = 25;

/** A copy that was made smaller is seen by it. In millimetres of paper. */
export const drawScaleBar = (pdf: Writer, { scale, bar }: SheetPlan): void => {
  const part = roundLength(partMax * scale);
  const width = part / scale;
  pdf.lineWidth(0.2).strokeColor(ink).undash();
  for (let index = 0; index < parts; index += 1) {
    pdf
      .rect(bar.x + index * width, bar.y, width, height)
      .fillColor(index % 2 === 0 ? ink : '#ffffff')
      .fillAndStroke();
  }
  for (let index = 0; index <= parts; index += 1) {
    const text = index === parts ? `${index * part} mm` : String(index * part);
    const left = index === parts ? 0 : widthOf(text, 1.8, fontOf('regular')) / 2;
    const at = { x: bar.x + index * width - left, y: bar.y + height + 2.8 };
    drawText(pdf, { ...at, height: 1.8, text, bold: false, color: ink });
  }
};

/** The largest of 1, 2 and 5 and their tens that is not longer. */
const roundLength = (longest: number): number => {
  const ten = 10 ** Math.floor(Math.log10(longest));
  return ten * (longest >= 5 * ten ? 5 : longest >= 2 * ten ? 2 : 1);
};
