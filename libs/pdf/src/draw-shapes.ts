/** Shapes on their layers, in millimetres of what is drawn, with y down. Each is marked, so that a reader knows where it ends. */
import {
  type Dimension,
  type Drawing,
  dimensionParts,
  type Layer,
  type Point,
  type Shape,
  type Text,
} from '@plenum/drawing';
import { drawText } from './draw-text.ts';
import { fontOf } from './font.ts';
import { lookOf } from './look.ts';
import { heldText, widthOf } from './text.ts';
import type { Writer } from './writer.ts';

/** Layers of the document, which viewers can hide: optional content groups (ISO 32000-1, 8.11). */
export const declareLayers = (pdf: Writer, { layers }: Drawing): void => {
  const groups = layers.map(({ name }) => {
    // pdfkit writes a boxed string as a string, and a bare one as a name.
    const group = pdf.ref({ Type: 'OCG', Name: Object(name) });
    group.end();
    return group;
  });
  pdf._root.data.OCProperties = { OCGs: groups, D: { Order: groups, ON: groups } };
  pdf.page.resources.data.Properties = Object.fromEntries(groups.map((group, index) => [`L${index}`, group]));
};

export const drawShapes = (pdf: Writer, { layers, shapes }: Drawing, scale: number): void => {
  const byName = new Map(layers.map((layer, index) => [layer.name, { layer, index }]));
  for (const shape of shapes) {
    const on = byName.get(shape.layer);
    if (on === undefined) continue; // Never: the drawing was checked.
    pdf.addContent(`/OC /L${on.index} BDC`);
    drawShape(pdf, shape, on.layer, scale);
    pdf.addContent('EMC');
  }
};

const drawShape = (pdf: Writer, shape: Shape, layer: Layer, scale: number): void => {
  if (shape.kind !== 'text') outline(pdf, layer, scale);
  switch (shape.kind) {
    case 'text':
      drawLabel(pdf, shape, layer);
      break;
    case 'polygon':
      path(pdf, shape.points).closePath();
      paint(pdf, layer);
      break;
    case 'circle':
      pdf.circle(shape.center.x, -shape.center.y, shape.radius);
      paint(pdf, layer);
      break;
    case 'line':
      path(pdf, [shape.from, shape.to]).stroke();
      break;
    case 'dimension':
      drawDimension(pdf, shape, layer);
      break;
  }
};

const outline = (pdf: Writer, layer: Layer, scale: number): void => {
  const { width, dash } = lookOf(layer, scale);
  pdf.lineWidth(width).strokeColor(layer.stroke);
  if (dash === undefined) pdf.undash();
  else pdf.dash(dash, {});
};

const path = (pdf: Writer, [first, ...rest]: readonly Point[]): Writer => {
  if (first !== undefined) pdf.moveTo(first.x, -first.y);
  for (const { x, y } of rest) pdf.lineTo(x, -y);
  return pdf;
};

const paint = (pdf: Writer, { fill }: Layer): void => {
  if (fill === undefined) pdf.stroke();
  else pdf.fillColor(fill).fillAndStroke();
};

const drawLabel = (pdf: Writer, { at, align, height, text, bold = false }: Text, { stroke }: Layer): void => {
  const isCentred = align === 'middle';
  const width = isCentred ? widthOf(heldText(text), height, fontOf(bold ? 'bold' : 'regular')) : 0;
  const y = isCentred ? height / 2 - at.y : -at.y;
  drawText(pdf, { x: at.x - width / 2, y, height, text, bold, color: stroke });
};

const drawDimension = (pdf: Writer, dimension: Dimension, { stroke }: Layer): void => {
  const { lines, text } = dimensionParts(dimension);
  for (const { from, to } of lines) path(pdf, [from, to]).stroke();
  const width = widthOf(text.text, text.height, fontOf('regular'));
  const [x, y] = [text.at.x, -text.at.y];
  pdf.save().rotate(-text.degrees, { origin: [x, y] });
  drawText(pdf, {
    x: x - width / 2,
    y: y + text.height / 2,
    height: text.height,
    text: text.text,
    bold: false,
    color: stroke,
  });
  pdf.restore();
};
