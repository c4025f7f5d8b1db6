import { createHash } from 'node:crypto';
import {
  type Certificate,
  certify,
  type Dimension,
  type Drawing,
  differences,
  dimensionParts,
  pictureProblems,
  type Shape,
} from '@plenum/drawing';
import { frameOf, groupsOf, type SvgOptions, scaleOf } from './options.ts';
import { type DimensionPicture, readSvg, type SvgFound } from './read-svg.ts';
import { styleSheet } from './style.ts';
import { heldShape, heldTitle } from './write-svg.ts';

/** A corner of a rectangle is its place and its size, each to a tenth. */
const tolerance = 0.101;

/**
 * Whether these bytes hold this drawing as SVG, in what these options say. `written` is the SHA-256 of what `writeSvg` gave, in
 * hex: with it, nothing at all may have changed since.
 */
export const certifySvg = (
  bytes: Uint8Array,
  drawing: Drawing,
  { written, ...options }: SvgOptions & { readonly written?: string } = {},
): Certificate =>
  certify<SvgFound>({
    format: 'svg',
    sha256: createHash('sha256').update(bytes).digest('hex'),
    written,
    expected: drawing.shapes.map(heldShape),
    layers: drawing.layers.map(({ name }) => name),
    tolerance,
    read: () => readSvg(bytes),
    check: (found) => [
      ...(found.version === '1.1' ? [] : [`is of version ${found.version}, and not 1.1`]),
      ...(found.title === heldTitle(drawing) ? [] : [`has the title ${JSON.stringify(found.title.slice(0, 80))}`]),
      ...(found.styleSheet.trim() === styleSheet(drawing).trim() ? [] : ['has other styles than its layers']),
      ...sizeProblems(found, drawing, options),
      ...groupProblems(found, drawing, options),
      ...pictureProblems(
        drawing.shapes.filter((shape) => shape.kind === 'dimension'),
        found.pictures,
        isPictureOf,
      ),
    ],
  });

const sizeProblems = (found: SvgFound, drawing: Drawing, options: SvgOptions): readonly string[] => {
  const { minX, minY, maxX, maxY } = frameOf(drawing, options);
  const viewBox = [minX, minY, maxX - minX, maxY - minY];
  const scale = scaleOf(options);
  // Both are said to a tenth of a pixel.
  const isScaled = [found.scale[0] * (maxX - minX), found.scale[1] * (maxY - minY)].every(
    (pixels, index) => Math.abs(pixels - scale * (viewBox[2 + index] ?? 0)) <= 0.051,
  );
  return [
    ...(viewBox.join() === found.viewBox.join()
      ? []
      : [`shows ${found.viewBox.join(' ')}, and not ${viewBox.join(' ')}`]),
    ...(isScaled ? [] : [`has ${found.scale.join(' and ')} pixels for a millimetre, and not ${scale}`]),
  ];
};

const groupProblems = (found: SvgFound, drawing: Drawing, options: SvgOptions): readonly string[] => {
  const drawn = new Set(drawing.shapes.map(({ layer }) => layer));
  const expected = groupsOf(drawing, options).filter(({ layers }) => layers.some((layer) => drawn.has(layer)));
  const ids = expected.map(({ id }) => id).sort();
  return ids.join() === [...found.groups].sort().join() ? [] : [`has the groups ${found.groups.join(', ')}`];
};

const isPictureOf = ({ shapes, degrees }: DimensionPicture, dimension: Dimension): boolean => {
  const { lines, text } = dimensionParts(dimension);
  const { at, height } = text;
  const label: Shape = { kind: 'text', layer: dimension.layer, align: 'middle', at, height, text: text.text };
  return Math.abs(degrees - text.degrees) <= 0.051 && differences([...lines, label], shapes, tolerance).length === 0;
};
