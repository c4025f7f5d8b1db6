import { checkDrawing, type Drawing, oneLine, type Shape } from '@plenum/drawing';
import { elementOf, type Place } from './elements.ts';
import { frameOf, groupsOf, type SvgOptions, scaleOf } from './options.ts';
import { styleSheet, textSizes } from './style.ts';
import { escapeXml } from './text.ts';

/**
 * The drawing as SVG 1.1. Lengths are millimetres, and shown at so many pixels each; the same drawing and options give the same
 * bytes.
 *
 * @throws UnfitDrawing
 * @throws RangeError when the options are of no size
 */
export const writeSvg = (drawing: Drawing, options: SvgOptions = {}): Uint8Array => {
  checkDrawing(drawing);
  const scale = scaleOf(options);
  const frame = frameOf(drawing, options);
  const [width, height] = [frame.maxX - frame.minX, frame.maxY - frame.minY];
  const place = { frame, sizes: textSizes(drawing.shapes) };
  const size = `width="${(width * scale).toFixed(1)}px" height="${(height * scale).toFixed(1)}px"`;
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<svg xmlns="http://www.w3.org/2000/svg" version="1.1" ${size} viewBox="${frame.minX} ${frame.minY} ${width} ${height}">`,
    `  <title>${escapeXml(heldTitle(drawing))}</title>`,
    `  <style>${styleSheet(drawing)}\n  </style>`,
    ...bodyOf(drawing, options, place),
    '</svg>\n',
  ];
  return new TextEncoder().encode(lines.join('\n'));
};

/** Groups stand where their first shape is drawn. A layer that is in none is drawn as it comes. */
const bodyOf = (drawing: Drawing, options: SvgOptions, place: Place): readonly string[] => {
  const groups = new Map(groupsOf(drawing, options).flatMap(({ id, layers }) => layers.map((layer) => [layer, id])));
  const shapes = Map.groupBy(
    drawing.shapes.map((shape, index) => ({ shape, group: groups.get(shape.layer) ?? index })),
    ({ group }) => group,
  );
  return [...shapes].flatMap(([group, members]) => {
    const elements = members.map(({ shape }) => elementOf(shape, place));
    return typeof group === 'number' ? elements.map(indented(2)) : grouped(group, elements);
  });
};

const grouped = (id: string, elements: readonly string[]): readonly string[] => [
  `  <g id="${escapeXml(id)}">`,
  ...elements.map(indented(4)),
  '  </g>',
];

const indented =
  (by: number) =>
  (line: string): string =>
    `${' '.repeat(by)}${line}`;

/** As far as SVG can hold it. */
export const heldShape = (shape: Shape): Shape =>
  shape.kind === 'text' ? { ...shape, text: oneLine(shape.text) } : shape;

export const heldTitle = ({ title }: Drawing): string => oneLine(title);
