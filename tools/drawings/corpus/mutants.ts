/** Drawings that are wrong in one thing: judges have to refuse them. */
import type { Drawing, Shape } from '@plenum/drawing';
import type { CorpusCeiling } from './ceilings.ts';
import { type CeilingDrawings, drawingsOf } from './files-of.ts';

type Change = (drawing: Drawing) => Drawing;

const everywhere = (ceiling: CorpusCeiling, change: Change): CeilingDrawings => {
  const { dxf, svg, pdf } = drawingsOf(ceiling);
  return { dxf: change(dxf), svg: change(svg), pdf: { ...pdf, drawing: change(pdf.drawing) } };
};

/** The first panel, so far to the right. */
export const panelMoved = (ceiling: CorpusCeiling, mm: number): CeilingDrawings =>
  everywhere(ceiling, (drawing) =>
    changedFirst(drawing, (shape) =>
      shape.kind === 'polygon' && isPanel(shape)
        ? [{ ...shape, points: shape.points.map(({ x, y }) => ({ x: x + mm, y })) }]
        : undefined,
    ),
  );

export const panelGone = (ceiling: CorpusCeiling): CeilingDrawings =>
  everywhere(ceiling, (drawing) => changedFirst(drawing, (shape) => (isPanel(shape) ? [] : undefined)));

/** Of the plan; a picture for the screen has none. */
export const dimensionGone = (ceiling: CorpusCeiling): CeilingDrawings =>
  everywhere(ceiling, (drawing) => changedFirst(drawing, (shape) => (shape.kind === 'dimension' ? [] : undefined)));

export const labelChanged = (ceiling: CorpusCeiling): CeilingDrawings =>
  everywhere(ceiling, (drawing) =>
    changedFirst(drawing, (shape) =>
      shape.kind === 'text' && shape.text === 'P1' ? [{ ...shape, text: 'Q1' }] : undefined,
    ),
  );

/** As the replaced calculator drew it: what is along x stands along y. */
export const transposed = (ceiling: CorpusCeiling): CeilingDrawings => {
  const { layout } = ceiling;
  return drawingsOf({
    ...ceiling,
    layout: {
      ...layout,
      ...{ panel_length_mm: layout.panel_width_mm, panel_width_mm: layout.panel_length_mm },
      ...{ panels_per_row: layout.panels_per_column, panels_per_column: layout.panels_per_row },
    },
  });
};

const isPanel = ({ kind, layer }: Shape): boolean => kind === 'polygon' && (layer === 'PANELS' || layer === 'PANEL');

const changedFirst = (drawing: Drawing, change: (shape: Shape) => readonly Shape[] | undefined): Drawing => {
  const first = drawing.shapes.findIndex((shape) => change(shape) !== undefined);
  return {
    ...drawing,
    shapes: drawing.shapes.flatMap((shape, index) => (index === first ? (change(shape) ?? [shape]) : [shape])),
  };
};
