import { createHash } from 'node:crypto';
import {
  type Certificate,
  certify,
  type Dimension,
  type Drawing,
  differences,
  dimensionParts,
  type Layer,
  pictureProblems,
  type Shape,
} from '@plenum/drawing';
import { tolerance } from './measured.ts';
import { type DimensionPicture, type DxfFound, type LayerStyle, readDxf } from './read-dxf.ts';
import { heldText } from './text.ts';
import { version } from './write-dxf.ts';

/**
 * Whether these bytes hold this drawing as DXF. `written` is the SHA-256 of what `writeDxf` gave, in hex: with it, nothing at
 * all may have changed since.
 */
export const certifyDxf = (bytes: Uint8Array, drawing: Drawing, written?: string): Certificate =>
  certify<DxfFound>({
    format: 'dxf',
    sha256: createHash('sha256').update(bytes).digest('hex'),
    written,
    expected: drawing.shapes.map(heldShape),
    layers: drawing.layers.map(({ name }) => name),
    tolerance,
    read: () => readDxf(bytes),
    check: (found) => [
      ...(found.version === version ? [] : [`is of version ${found.version}, and not ${version}`]),
      ...(found.units === 4 ? [] : [`has the units ${found.units}, and not 4, millimetres`]),
      ...(found.measurement === 1 ? [] : [`has the measurement ${found.measurement}, and not 1, metric`]),
      ...drawing.layers.flatMap((layer) => styleProblems(layer, found.styles)),
      ...pictureProblems(
        drawing.shapes.filter((shape) => shape.kind === 'dimension'),
        found.pictures,
        isPictureOf,
      ),
    ],
  });

const heldShape = (shape: Shape): Shape => (shape.kind === 'text' ? { ...shape, text: heldText(shape.text) } : shape);

const styleProblems = ({ name, colorIndex, dash }: Layer, found: readonly LayerStyle[]): readonly string[] => {
  const style = found.find((each) => each.name === name);
  if (style === undefined) return [];
  return [
    ...(style.colorIndex === colorIndex
      ? []
      : [`has layer ${name} in colour ${style.colorIndex}, and not ${colorIndex}`]),
    ...(isSame(style.dash ?? [], dash ?? [])
      ? []
      : [`has layer ${name} in dashes of ${style.dash?.join(' ') ?? 0} mm`]),
  ];
};

const isSame = (one: readonly number[], other: readonly number[]): boolean =>
  one.length === other.length && one.every((length, index) => Math.abs(length - (other[index] ?? 0)) <= tolerance);

const isPictureOf = (picture: DimensionPicture, dimension: Dimension): boolean => {
  const { lines, text } = dimensionParts(dimension);
  return (
    picture.text === text.text &&
    isSame([picture.at.x, picture.at.y, picture.degrees], [text.at.x, text.at.y, text.degrees]) &&
    differences(lines, picture.lines, tolerance).length === 0
  );
};
