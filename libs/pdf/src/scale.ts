import { type Bounds, boundsOf, type Drawing, dimensionParts, type Point, type Shape } from '@plenum/drawing';
import { fontOf } from './font.ts';
import { heldText, widthOf } from './text.ts';

/** Millimetres of what is drawn for one of paper (ISO 5455, and 1:25 of carpenters). */
export const scales = [1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1000, 2000, 5000, 10_000] as const;

export type Area = { readonly width: number; readonly height: number };

/** The largest scale at which this fits. @throws RangeError when none does. */
export const scaleFor = (reach: Bounds, area: Area): number => {
  const scale = scales.find(
    (each) => (reach.maxX - reach.minX) / each <= area.width && (reach.maxY - reach.minY) / each <= area.height,
  );
  if (scale === undefined) throw new RangeError(`the drawing is too large for its paper at 1:${scales.at(-1)}`);
  return scale;
};

/** How far a drawing reaches with its letters, in millimetres of what is drawn. */
export const reachOf = ({ shapes }: Drawing): Bounds =>
  boundsOf(shapes.flatMap(reached)) ?? { minX: 0, minY: 0, maxX: 0, maxY: 0 };

const reached = (shape: Shape): readonly Shape[] => {
  if (shape.kind === 'text') {
    const width = widthOf(heldText(shape.text), shape.height, fontOf(shape.bold === true ? 'bold' : 'regular'));
    const left = shape.align === 'middle' ? shape.at.x - width / 2 : shape.at.x;
    // Letters reach below their line, and accents above capitals.
    const low = shape.align === 'middle' ? shape.at.y - shape.height / 2 : shape.at.y;
    return [box(shape.layer, { x: left, y: low - 0.4 * shape.height }, width, 1.8 * shape.height)];
  }
  if (shape.kind !== 'dimension') return [shape];
  const { lines, text } = dimensionParts(shape);
  const { at, height } = text;
  return [...lines, box(shape.layer, { x: at.x - height, y: at.y - height }, 2 * height, 2 * height)];
};

const box = (layer: string, from: Point, width: number, height: number): Shape => ({
  ...{ kind: 'line', layer, from },
  to: { x: from.x + width, y: from.y + height },
});
