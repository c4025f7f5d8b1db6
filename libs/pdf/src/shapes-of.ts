/** Marked contents as shapes, in millimetres of what is drawn. */
import { type Dimension, type Layer, type Line, type Point, type Shape, type Text, Unreadable } from '@plenum/drawing';
import { fontOf } from './font.ts';
import type { Letters, Mark, Path } from './marks.ts';
import { pointsPerMm } from './write-pdf.ts';

/** Where the drawing lies on its page, as its first mark says: the origin in points, and how many are a millimetre. */
export type Base = { readonly x: number; readonly y: number; readonly points: number };

/** What a shape looks like, beside where it is. */
export type Look = Pick<Layer, 'stroke'> & {
  readonly layer: string;
  readonly fill: string | undefined;
  readonly width: number;
  readonly dash: readonly number[];
};

export type FoundShape = { readonly shape: Shape; readonly look: Look | undefined };

/** @throws Unreadable */
export const baseOf = ({ matrix: [a, b, c, d, e, f] }: Mark): Base => {
  // Within pdfkit's page, whose y goes down, a drawing is moved and made smaller, and nothing else.
  if (b !== 0 || c !== 0 || Math.abs(a + d) > 1e-9 || a <= 0) throw new Unreadable('a drawing that is not upright');
  return { x: e, y: f, points: a };
};

/** So many millimetres of what is drawn are one of paper. */
export const scaleOf = ({ points }: Base): number => pointsPerMm / points;

export const shapeOf = (mark: Mark, layer: string, base: Base): FoundShape => {
  const [path, ...more] = mark.paths;
  if (path === undefined) return { shape: textOf(mark.letters, layer, base), look: undefined };
  const look = { layer, ...lookOf(path, base) };
  if (mark.letters.length > 0) return { shape: dimensionOf(mark, layer, base), look };
  if (more.length > 0) throw new Unreadable('several paths as one shape');
  const points = path.points.map((point) => toDrawing(point, base));
  if (path.isCurved) return { shape: circleOf(points, layer), look };
  if (path.isClosed) return { shape: { kind: 'polygon', layer, points }, look };
  return { shape: lineOf(points, layer), look };
};

const toDrawing = ({ x, y }: Point, base: Base): Point => ({
  x: (x - base.x) / base.points,
  y: (y - base.y) / base.points,
});

const lookOf = ({ painting, stroke, fill, lineWidth, dash }: Path, { points }: Base): Omit<Look, 'layer'> => ({
  ...{ stroke, fill: painting === 'both' ? fill : undefined },
  ...{ width: lineWidth / points, dash: dash.map((length) => length / points) },
});

const lineOf = ([from, to, ...more]: readonly Point[], layer: string): Line => {
  if (from === undefined || to === undefined || more.length > 0) throw new Unreadable('an open path of several lines');
  return { kind: 'line', layer, from, to };
};

/** Four arcs from its left end and back: the ends are where it reaches furthest. */
const circleOf = (points: readonly Point[], layer: string): Shape => {
  const [left, , , top, , , right, , , bottom] = points;
  if (points.length !== 13 || left === undefined || right === undefined || top === undefined || bottom === undefined) {
    throw new Unreadable('a curve that is no circle');
  }
  const radius = Math.abs(right.x - left.x) / 2;
  if (Math.abs(Math.abs(top.y - bottom.y) / 2 - radius) > 0.01 * radius) throw new Unreadable('an ellipse');
  return { kind: 'circle', layer, center: { x: (left.x + right.x) / 2, y: (top.y + bottom.y) / 2 }, radius };
};

/** Runs of one line, from left to right. Whether it is centred is not in the file: see `asExpected`. */
const textOf = (letters: readonly Letters[], layer: string, base: Base): Text => {
  const [first] = letters;
  if (first === undefined) throw new Unreadable('a mark without anything in it');
  const [a, b, , , e, f] = first.matrix;
  return {
    ...{ kind: 'text', layer, align: 'start', at: toDrawing({ x: e, y: f }, base) },
    height: (Math.hypot(a, b) / base.points) * fontOf('regular').capital,
    text: letters.map((run) => run.text).join(''),
  };
};

/** Back from its lines to what is measured: `dimensionParts` turned around. Whether it says what it measures is for its certificate to tell. */
const dimensionOf = (mark: Mark, layer: string, base: Base): Dimension => {
  const lines = mark.paths.map((path) =>
    lineOf(
      path.points.map((point) => toDrawing(point, base)),
      layer,
    ),
  );
  const { height } = textOf(mark.letters, layer, base);
  const [first, , along] = lines;
  if (first === undefined || along === undefined || lines.length !== 5)
    throw new Unreadable('a dimension without its lines');
  const [dx, dy] = [first.to.x - first.from.x, first.to.y - first.from.y];
  const length = Math.hypot(dx, dy);
  const reach = length >= height ? length : Math.max(0, 2 * length - height);
  const left = { x: dx / length, y: dy / length };
  const { from: start, to: end } = along;
  const side = (end.x - start.x) * left.y - (end.y - start.y) * left.x < 0 ? -1 : 1;
  const back = (point: Point): Point => ({ x: point.x - left.x * reach, y: point.y - left.y * reach });
  const dimension: Dimension = {
    ...{ kind: 'dimension', layer, from: back(start), to: back(end) },
    ...{ offset: side * reach, height },
  };
  return dimension;
};

/** What a dimension says, and where the middle of it stands. */
export type Measure = { readonly text: string; readonly at: Point; readonly degrees: number };

/** The text of a dimension, to be held against what it should be. */
export const measureOf = (letters: readonly Letters[], base: Base): Measure => {
  const [first] = letters;
  if (first === undefined) throw new Unreadable('a dimension without its text');
  const [a, b, c, d, e, f] = first.matrix;
  const width = letters.reduce((sum, run) => sum + run.width, 0);
  const { capital } = fontOf('regular');
  const middle = { x: e + (a * width + c * capital) / 2, y: f + (b * width + d * capital) / 2 };
  return {
    text: letters.map((run) => run.text).join(''),
    at: toDrawing(middle, base),
    degrees: (Math.atan2(b, a) * 180) / Math.PI,
  };
};
