/** Whether a drawing can be written at all, in any format. */
import type { Drawing, Layer, Shape } from './drawing.ts';

/** A thousand kilometres; more has no place on a sheet, and no precision in viewers that compute with single floats. */
const farthestMm = 1e9;
/** No more are named. */
const namedMax = 20;

/** The drawing breaks what its types say in words. `problems` are sentences. */
export class UnfitDrawing extends Error {
  override readonly name = 'UnfitDrawing';
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(`this cannot be drawn: ${problems.join('; ')}`);
    this.problems = problems;
  }
}

/** @throws UnfitDrawing naming every fault, the first twenty of them. */
export const checkDrawing = (drawing: Drawing): void => {
  const problems = [...layerProblems(drawing.layers), ...shapeProblems(drawing)];
  if (problems.length > 0) throw new UnfitDrawing(problems);
};

const layerProblems = (layers: readonly Layer[]): readonly string[] =>
  layers.flatMap(({ name, colorIndex, stroke, strokeWidth, fill, dash }, index) => [
    ...(/^[A-Z0-9_]{1,80}$/.test(name)
      ? []
      : [`layer ${JSON.stringify(name.slice(0, 80))} has no name of A-Z, 0-9, _`]),
    ...(layers.findIndex((other) => other.name === name) === index ? [] : [`layer ${name} is there twice`]),
    ...(Number.isInteger(colorIndex) && colorIndex >= 1 && colorIndex <= 255
      ? []
      : [`layer ${name}: colour index ${colorIndex}`]),
    ...[stroke, fill ?? '#000000'].flatMap((color) =>
      /^#[0-9a-f]{6}$/.test(color) ? [] : [`layer ${name}: colour ${JSON.stringify(color.slice(0, 80))}`],
    ),
    ...(isLength(strokeWidth) ? [] : [`layer ${name}: a stroke of ${strokeWidth} mm`]),
    ...(dash === undefined || (dash.length > 0 && dash.length % 2 === 0 && dash.every(isLength))
      ? []
      : [`layer ${name}: dashes of ${dash.join(' ')} mm`]),
  ]);

const shapeProblems = ({ layers, shapes }: Drawing): readonly string[] => {
  const names = new Set(layers.map(({ name }) => name));
  const problems: string[] = [];
  for (const [index, shape] of shapes.entries()) {
    const fault = names.has(shape.layer) ? faultOf(shape) : 'it is on no layer of the drawing';
    if (fault !== undefined) problems.push(`${shape.kind} ${index + 1}: ${fault}`);
    if (problems.length === namedMax) break;
  }
  return problems;
};

const faultOf = (shape: Shape): string | undefined => {
  switch (shape.kind) {
    case 'polygon':
      if (shape.points.length < 3) return `it has ${shape.points.length} points`;
      return shape.points.every(isPlace) ? undefined : noPlace;
    case 'line':
      return isPlace(shape.from) && isPlace(shape.to) ? undefined : noPlace;
    case 'circle':
      if (!isLength(shape.radius)) return `its radius is ${shape.radius} mm`;
      return isPlace(shape.center) ? undefined : noPlace;
    case 'text':
      if (!isLength(shape.height)) return `its height is ${shape.height} mm`;
      return isPlace(shape.at) ? undefined : noPlace;
    case 'dimension':
      if (!isLength(shape.height)) return `its height is ${shape.height} mm`;
      if (!isNear(shape.offset) || !isPlace(shape.from) || !isPlace(shape.to)) return noPlace;
      // Less is no way from one point to the other, and so has no side.
      return Math.hypot(shape.to.x - shape.from.x, shape.to.y - shape.from.y) >= 0.001
        ? undefined
        : 'it measures nothing';
  }
};

const noPlace = `it has a coordinate that is no number of up to ${farthestMm} mm`;
const isNear = (mm: number): boolean => Number.isFinite(mm) && Math.abs(mm) <= farthestMm;
const isPlace = ({ x, y }: { readonly x: number; readonly y: number }): boolean => isNear(x) && isNear(y);
const isLength = (mm: number): boolean => isNear(mm) && mm > 0;
