/**
 * A dimension as lines and a text, for formats that have none and for the picture that goes with one: two extension lines, the
 * dimension line, an oblique stroke at each of its ends, and the distance above it (ISO 129-1), to be read from below or from
 * the right.
 */
import type { Dimension, Line, Point } from './drawing.ts';

export type DimensionParts = {
  readonly lines: readonly Line[];
  readonly text: {
    /** The middle of the text, both ways. */
    readonly at: Point;
    /** To the left from the x axis, in (-90, 90]. */
    readonly degrees: number;
    readonly height: number;
    readonly text: string;
  };
};

export const dimensionParts = (dimension: Dimension): DimensionParts => {
  const { from, to, offset, height, layer } = dimension;
  const way = unit(from, to);
  const side = offset < 0 ? -1 : 1;
  const left = { x: -way.y * side, y: way.x * side };
  const reach = Math.abs(offset);
  const [start, end] = [along(from, left, reach), along(to, left, reach)];
  const line = (one: Point, other: Point): Line => ({ kind: 'line', layer, from: one, to: other });
  const extension = (point: Point): Line =>
    line(along(point, left, Math.min(0.5 * height, 0.5 * reach)), along(point, left, reach + 0.5 * height));
  const stroke = (point: Point): Line => {
    const slope = { x: way.x + left.x * side, y: way.y + left.y * side };
    return line(along(point, slope, -0.3 * height), along(point, slope, 0.3 * height));
  };
  const degrees = readable((Math.atan2(way.y, way.x) * 180) / Math.PI);
  const up = { x: -Math.sin((degrees * Math.PI) / 180), y: Math.cos((degrees * Math.PI) / 180) };
  const middle = { x: (start.x + end.x) / 2, y: (start.y + end.y) / 2 };
  return {
    lines: [extension(from), extension(to), line(start, end), stroke(start), stroke(end)],
    text: { at: along(middle, up, 0.9 * height), degrees, height, text: measureOf(dimension) },
  };
};

/** How far apart, to a tenth of a millimetre; a whole one has no decimals. */
export const measureOf = ({ from, to }: Dimension): string =>
  String(Number(Math.hypot(to.x - from.x, to.y - from.y).toFixed(1)));

/** No text stands on its head. What goes straight down is read from the right, like what goes up. */
const readable = (degrees: number): number => {
  const turned = degrees > 90.01 ? degrees - 180 : degrees <= -89.99 ? degrees + 180 : degrees;
  return turned === 0 ? 0 : turned;
};

const unit = (from: Point, to: Point): Point => {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  return { x: (to.x - from.x) / length, y: (to.y - from.y) / length };
};

const along = (point: Point, way: Point, length: number): Point => ({
  x: point.x + way.x * length,
  y: point.y + way.y * length,
});
