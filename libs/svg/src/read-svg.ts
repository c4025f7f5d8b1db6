import { type Point, type Shape, type Text, Unreadable } from '@plenum/drawing';
import { type Element, elementsOf, numberOf, numbersOf, stringOf } from './elements-of.ts';
import { heightOf } from './text.ts';

export type SvgFound = {
  readonly version: string;
  readonly title: string;
  /** Pixels for a millimetre, across and down. */
  readonly scale: readonly [across: number, down: number];
  readonly viewBox: readonly number[];
  /** Layers that have a class, by the names that they have in a drawing. */
  readonly layers: readonly string[];
  readonly styleSheet: string;
  readonly groups: readonly string[];
  readonly shapes: readonly Shape[];
  /** What stands for each dimension, in their order: lines, and a text with how it is turned. */
  readonly pictures: readonly DimensionPicture[];
};

export type DimensionPicture = { readonly shapes: readonly Shape[]; readonly degrees: number };

/**
 * What an SVG file holds that was written by `writeSvg`.
 *
 * @throws Unreadable when it holds anything else, or is damaged.
 */
export const readSvg = (bytes: Uint8Array): SvgFound => {
  const root = elementsOf(decode(bytes));
  const viewBox = numbersOf(root, 'viewBox', 4);
  const [, minY = 0, width = 0, height = 0] = viewBox;
  const styleSheet = textOf(root, 'style');
  const place = { flip: 2 * minY + height, sizes: sizesOf(styleSheet) };
  const drawn = root.children.filter(({ name }) => name !== 'style' && name !== 'title');
  const groups = drawn.filter((element) => element.name === 'g' && !isDimension(element));
  const elements = drawn.flatMap((element) => (groups.includes(element) ? element.children : [element]));
  return {
    version: stringOf(root, 'version'),
    title: textOf(root, 'title'),
    scale: [pixelsOf(root, 'width') / width, pixelsOf(root, 'height') / height],
    viewBox,
    layers: [...new Set([...styleSheet.matchAll(/^ *\.([a-z0-9-]+) \{/gm)].map(([, name]) => layerOf(name ?? '')))],
    styleSheet,
    groups: groups.map((group) => stringOf(group, 'id')),
    shapes: elements.map((element) => shapeOf(element, place)),
    pictures: elements.filter(isDimension).map((element) => ({
      shapes: element.children.map((child) => shapeOf(child, place)),
      degrees: degreesOf(element.children.at(-1)),
    })),
  };
};

type Placed = { readonly flip: number; readonly sizes: ReadonlyMap<string, number> };

const decode = (bytes: Uint8Array): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Unreadable('not UTF-8');
  }
};

const textOf = (root: Element, name: string): string => {
  const [element, ...more] = root.children.filter((child) => child.name === name);
  if (element === undefined || more.length > 0) throw new Unreadable(`${more.length + 1} of ${name}, or none`);
  return element.text;
};

const pixelsOf = (root: Element, name: string): number => {
  const pixels = /^(\d+\.\d)px$/.exec(stringOf(root, name))?.[1];
  if (pixels === undefined) throw new Unreadable(`a ${name} that is not in pixels`);
  return Number(pixels);
};

/** Font sizes of classes. */
const sizesOf = (styleSheet: string): ReadonlyMap<string, number> =>
  new Map(
    [...styleSheet.matchAll(/\.([a-z0-9-]+) \{[^}]* font-size: (\d+(?:\.\d+)?)px;/g)].map(([, name, size]) => [
      layerOf(name ?? ''),
      Number(size),
    ]),
  );

const layerOf = (name: string): string => name.toUpperCase().replaceAll('-', '_');

const isDimension = (element: Element): boolean =>
  element.name === 'g' && element.attributes.get('class') === 'dimension';

const shapeOf = (element: Element, place: Placed): Shape => {
  if (element.name !== 'g' && element.children.length > 0) throw new Unreadable(`elements within ${element.name}`);
  const point = (x: string, y: string): Point => ({ x: numberOf(element, x), y: place.flip - numberOf(element, y) });
  const layer = isDimension(element) ? '' : layerOf(stringOf(element, 'class'));
  switch (element.name) {
    case 'rect':
      return { kind: 'polygon', layer, points: cornersOf(element, point('x', 'y')) };
    case 'polygon':
      return { kind: 'polygon', layer, points: pointsOf(stringOf(element, 'points'), place) };
    case 'line':
      return { kind: 'line', layer, from: point('x1', 'y1'), to: point('x2', 'y2') };
    case 'circle':
      return { kind: 'circle', layer, center: point('cx', 'cy'), radius: numberOf(element, 'r') };
    case 'text':
      return textShapeOf(element, layer, point('x', 'y'), place);
    case 'g':
      return dimensionOf(element, place);
    default:
      throw new Unreadable(`${element.name} among what is drawn`);
  }
};

/** From the lower left one, counter-clockwise: `x` and `y` of a `rect` are its upper left one. */
const cornersOf = (element: Element, { x, y }: Point): readonly Point[] => {
  const [width, height] = [numberOf(element, 'width'), numberOf(element, 'height')];
  return [
    { x, y: y - height },
    { x: x + width, y: y - height },
    { x: x + width, y },
    { x, y },
  ];
};

const pointsOf = (points: string, { flip }: Placed): readonly Point[] =>
  points.split(' ').map((point) => {
    const [, x, y] = /^(-?\d+\.\d),(-?\d+\.\d)$/.exec(point) ?? [];
    if (x === undefined || y === undefined) throw new Unreadable(`a point ${point.slice(0, 80)}`);
    return { x: Number(x), y: flip - Number(y) };
  });

const textShapeOf = (element: Element, layer: string, at: Point, { sizes }: Placed): Text => {
  const style = element.attributes.get('style');
  const own = style === undefined ? sizes.get(layer) : /^font-size: (\d+(?:\.\d+)?)px;$/.exec(style)?.[1];
  if (own === undefined) throw new Unreadable('a text without a size');
  return { kind: 'text', layer, align: alignOf(element), at, height: heightOf(Number(own)), text: element.text };
};

const alignOf = ({ attributes }: Element): Text['align'] => {
  const [anchor, baseline] = [attributes.get('text-anchor'), attributes.get('dominant-baseline')];
  if (anchor === undefined && baseline === undefined) return 'start';
  if (anchor === 'middle' && baseline === 'middle') return 'middle';
  throw new Unreadable(`a text aligned by ${anchor} and ${baseline}`);
};

const dimensionOf = (element: Element, { flip }: Placed): Shape => {
  const [text] = element.children.filter(({ name }) => name === 'text');
  if (!isDimension(element) || text === undefined) throw new Unreadable('a group within a group');
  const point = (name: string): Point => {
    const [x = 0, y = 0] = numbersOf(element, name, 2, ',');
    return { x, y: flip - y };
  };
  return {
    ...{ kind: 'dimension', layer: layerOf(stringOf(text, 'class')), from: point('data-start'), to: point('data-end') },
    ...{ offset: numberOf(element, 'data-offset'), height: numberOf(element, 'data-height') },
  };
};

/** Of the text of a dimension; turning goes the other way where y goes down. */
const degreesOf = (element: Element | undefined): number => {
  const transform = element?.attributes.get('transform');
  if (element === undefined || transform === undefined) return 0;
  const [, degrees, x, y] = /^rotate\((-?\d+\.\d) (-?\d+\.\d) (-?\d+\.\d)\)$/.exec(transform) ?? [];
  if (Number(x) !== numberOf(element, 'x') || Number(y) !== numberOf(element, 'y')) {
    throw new Unreadable('a text turned about another point than its own');
  }
  return -Number(degrees);
};
