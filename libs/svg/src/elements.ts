/** Shapes as elements. Coordinates have one decimal, a tenth of a millimetre. */
import {
  type Bounds,
  type Dimension,
  dimensionParts,
  oneLine,
  type Point,
  type Polygon,
  type Shape,
  type Text,
} from '@plenum/drawing';
import { classOf } from './options.ts';
import { escapeXml, fontSizeOf, tenth } from './text.ts';

export type Place = {
  readonly frame: Bounds;
  /** Font sizes that classes give. */
  readonly sizes: ReadonlyMap<string, number>;
};

export const elementOf = (shape: Shape, place: Place): string => {
  const kind = `class="${classOf(shape.layer)}"`;
  const { x, y } = axes(place.frame);
  switch (shape.kind) {
    case 'polygon':
      return polygonOf(shape, kind, place);
    case 'line':
      return `<line ${kind} ${ends(shape.from, shape.to, place)}/>`;
    case 'circle':
      return `<circle ${kind} cx="${x(shape.center)}" cy="${y(shape.center)}" r="${said(shape.radius)}"/>`;
    case 'text':
      return textOf(shape, kind, place);
    case 'dimension':
      return dimensionOf(shape, kind, place);
  }
};

const axes = ({ minY, maxY }: Bounds) => ({
  x: (point: Point): string => said(point.x),
  y: (point: Point): string => said(minY + maxY - point.y),
});

const said = (mm: number): string => tenth(mm).toFixed(1);

const ends = (from: Point, to: Point, { frame }: Place): string => {
  const { x, y } = axes(frame);
  return `x1="${x(from)}" y1="${y(from)}" x2="${x(to)}" y2="${y(to)}"`;
};

const polygonOf = ({ points }: Polygon, kind: string, { frame }: Place): string => {
  const { x, y } = axes(frame);
  const corners = rectangleOf(points);
  if (corners === undefined) {
    return `<polygon ${kind} points="${points.map((point) => `${x(point)},${y(point)}`).join(' ')}"/>`;
  }
  const [low, high] = corners;
  const size = `width="${said(high.x - low.x)}" height="${said(high.y - low.y)}"`;
  return `<rect ${kind} x="${x(low)}" y="${y(high)}" ${size}/>`;
};

/**
 * The lower left and the upper right corner of a rectangle along the axes that is drawn from the one, counter-clockwise: a
 * `rect` keeps no more. `undefined` of anything else.
 */
const rectangleOf = ([a, b, c, d, ...more]: readonly Point[]): readonly [low: Point, high: Point] | undefined => {
  if (a === undefined || b === undefined || c === undefined || d === undefined || more.length > 0) return undefined;
  const isRectangle = a.y === b.y && b.x === c.x && c.y === d.y && d.x === a.x && a.x < c.x && a.y < c.y;
  return isRectangle ? [a, c] : undefined;
};

const textOf = (text: Text, kind: string, { frame, sizes }: Place): string => {
  const { x, y } = axes(frame);
  const attributes = [
    ...[kind, `x="${x(text.at)}"`, `y="${y(text.at)}"`],
    ...(text.align === 'middle' ? [centred] : []),
    ...(text.bold === true ? ['font-weight="bold"'] : []),
    ...sizeOf(text, sizes),
  ];
  return `<text ${attributes.join(' ')}>${escapeXml(oneLine(text.text))}</text>`;
};

const centred = 'text-anchor="middle" dominant-baseline="middle"';

/** A style, because an attribute gives way to the class. */
const sizeOf = ({ height, layer }: Text | Dimension, sizes: ReadonlyMap<string, number>): readonly string[] => {
  const size = fontSizeOf(height);
  return size === sizes.get(layer) ? [] : [`style="font-size: ${size}px;"`];
};

/** Its lines and its text for people, and what it measures for programs. */
const dimensionOf = (dimension: Dimension, kind: string, place: Place): string => {
  const { x, y } = axes(place.frame);
  const { from, to, offset, height } = dimension;
  const { lines, text } = dimensionParts(dimension);
  const data = [
    `data-start="${x(from)},${y(from)}"`,
    `data-end="${x(to)},${y(to)}"`,
    ...[`data-offset="${said(offset)}"`, `data-height="${said(height)}"`],
  ];
  const [textX, textY] = [x(text.at), y(text.at)];
  const turned = text.degrees === 0 ? [] : [`transform="rotate(${said(-text.degrees)} ${textX} ${textY})"`];
  const attributes = [kind, `x="${textX}"`, `y="${textY}"`, centred, ...turned, ...sizeOf(dimension, place.sizes)];
  return [
    `<g class="dimension" ${data.join(' ')}>`,
    ...lines.map((line) => `<line ${kind} ${ends(line.from, line.to, place)}/>`),
    `<text ${attributes.join(' ')}>${text.text}</text>`,
    '</g>',
  ].join('');
};
