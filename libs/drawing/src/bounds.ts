import type { Point, Shape } from './drawing.ts';

/** The least rectangle around something, in millimetres. */
export type Bounds = { readonly minX: number; readonly minY: number; readonly maxX: number; readonly maxY: number };

/**
 * How far shapes reach: their points, with no regard to line widths. Texts and dimensions count by the points that they are
 * given by, for how far letters reach is known to who draws them. `undefined`: there is no shape.
 */
export const boundsOf = (shapes: Iterable<Shape>): Bounds | undefined => {
  let [minX, minY, maxX, maxY] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, -Infinity, -Infinity];
  for (const shape of shapes) {
    for (const { x, y } of pointsOf(shape)) {
      if (x < minX) minX = x;
      if (y < minY) minY = y;
      if (x > maxX) maxX = x;
      if (y > maxY) maxY = y;
    }
  }
  return minX > maxX ? undefined : { minX, minY, maxX, maxY };
};

const pointsOf = (shape: Shape): readonly Point[] => {
  if (shape.kind === 'polygon') return shape.points;
  if (shape.kind === 'text') return [shape.at];
  if (shape.kind === 'circle') {
    const { center, radius } = shape;
    return [
      { x: center.x - radius, y: center.y - radius },
      { x: center.x + radius, y: center.y + radius },
    ];
  }
  return [shape.from, shape.to];
};
