import { type Bounds, boundsOf, type Drawing, dimensionParts, type Shape } from '@plenum/drawing';
import { fontSizeOf } from './text.ts';

/** How far a drawing reaches with its texts, and a margin. Whole millimetres. */
export const reachOf = ({ shapes }: Drawing): Bounds => {
  const { minX, minY, maxX, maxY } = boundsOf(shapes.flatMap(reached)) ?? { minX: 0, minY: 0, maxX: 1, maxY: 1 };
  const margin = Math.max(maxX - minX, maxY - minY) * 0.02 + 1;
  return {
    ...{ minX: Math.floor(minX - margin), minY: Math.floor(minY - margin) },
    ...{ maxX: Math.ceil(maxX + margin), maxY: Math.ceil(maxY + margin) },
  };
};

const reached = (shape: Shape): readonly Shape[] => {
  if (shape.kind === 'dimension') {
    const { lines, text } = dimensionParts(shape);
    const corner = (sign: number) => ({ x: text.at.x + sign * text.height, y: text.at.y + sign * text.height });
    return [...lines, { kind: 'line', layer: shape.layer, from: corner(-1), to: corner(1) }];
  }
  if (shape.kind !== 'text') return [shape];
  const { at, align, height, layer } = shape;
  const width = wide(shape.text) * fontSizeOf(height);
  const left = align === 'middle' ? at.x - width / 2 : at.x;
  return [{ kind: 'line', layer, from: { x: left, y: at.y - height }, to: { x: left + width, y: at.y + height } }];
};

/** In font sizes. Whose font it will be is not known: Arial's letters are 0.55 wide in the mean, and CJK is square. */
const wide = (text: string): number => {
  let width = 0;
  for (const character of text) width += (character.codePointAt(0) ?? 0) < 0x2e80 ? 0.6 : 1;
  return width;
};
