/** The style sheet: a class for each layer, named as the layer. */
import type { Drawing, Layer } from '@plenum/drawing';
import { classOf } from './options.ts';
import { fontSizeOf } from './text.ts';

/** A class that has nothing but texts is of texts; one that has both says it twice. */
export const styleSheet = ({ layers, shapes }: Drawing): string => {
  const texts = textSizes(shapes);
  const outlined = new Set(shapes.flatMap(({ kind, layer }) => (kind === 'text' ? [] : [layer])));
  const rules = layers.flatMap((layer) => {
    const size = texts.get(layer.name);
    const name = classOf(layer.name);
    if (size === undefined) return [`.${name} { ${outline(layer)} }`];
    if (!outlined.has(layer.name)) return [`.${name} { ${lettering(layer, size)} }`];
    return [`.${name} { ${outline(layer)} }`, `text.${name} { ${lettering(layer, size)} stroke: none; }`];
  });
  return ['text { white-space: pre; }', ...rules].map((rule) => `\n      ${rule}`).join('');
};

/** The font size of the first text of each layer, dimensions' among them; a text of another size says so. */
export const textSizes = (shapes: Drawing['shapes']): ReadonlyMap<string, number> => {
  const sizes = new Map<string, number>();
  for (const shape of shapes) {
    if (shape.kind !== 'text' && shape.kind !== 'dimension') continue;
    if (!sizes.has(shape.layer)) sizes.set(shape.layer, fontSizeOf(shape.height));
  }
  return sizes;
};

const outline = ({ fill = 'none', stroke, strokeWidth, dash }: Layer): string =>
  [
    `fill: ${fill}; stroke: ${stroke}; stroke-width: ${strokeWidth};`,
    ...(dash === undefined ? [] : [`stroke-dasharray: ${dash.join(',')};`]),
  ].join(' ');

const lettering = ({ stroke }: Layer, size: number): string =>
  `font-family: Arial, sans-serif; font-size: ${size}px; fill: ${stroke};`;
