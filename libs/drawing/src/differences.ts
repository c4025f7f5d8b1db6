/**
 * What a file has otherwise than the drawing that it was made from. Whoever reads a file back makes shapes of what is in it; each
 * of them has to be one of the drawing's, on its layer and at its place, and none may be left over.
 */
import type { Point, Shape } from './drawing.ts';

/** No more are named: a file that lost its panels has thousands. */
const namedMax = 20;

/**
 * Sentences, none when all is there and nothing else. `tolerance` is what the format rounds to, in millimetres: every number
 * may be so far off. The order of shapes does not count.
 */
export const differences = (
  expected: readonly Shape[],
  found: readonly Shape[],
  tolerance: number,
): readonly string[] => {
  const open = Map.groupBy(found, bucketOf);
  const missing = expected.filter((shape) => !takeFrom(open.get(bucketOf(shape)) ?? [], shape, tolerance));
  const left = [...open.values()].flat();
  return [
    ...missing.slice(0, namedMax).map((shape) => `is missing: ${named(shape)}`),
    ...left.slice(0, namedMax).map((shape) => `does not belong: ${named(shape)}`),
    ...(missing.length + left.length > 2 * namedMax
      ? [`${missing.length} are missing, ${left.length} do not belong`]
      : []),
  ];
};

/** Shapes of one bucket may be one another. */
const bucketOf = (shape: Shape): string =>
  `${shape.layer}/${shape.kind}/${shape.kind === 'text' ? `${shape.align}/${shape.text}` : ''}`;

/** Takes the one that is this shape. Files keep the order they were written in, so it is mostly the first. */
const takeFrom = (open: Shape[], shape: Shape, tolerance: number): boolean => {
  const index = open.findIndex((candidate) => isSame(candidate, shape, tolerance));
  if (index === -1) return false;
  open.splice(index, 1);
  return true;
};

const isSame = (one: Shape, other: Shape, tolerance: number): boolean => {
  const [numbers, others] = [numbersOf(one), numbersOf(other)];
  return (
    numbers.length === others.length &&
    numbers.every((number, index) => Math.abs(number - (others[index] ?? Number.NaN)) <= tolerance)
  );
};

const numbersOf = (shape: Shape): readonly number[] => {
  const flat = (...points: readonly Point[]): number[] => points.flatMap(({ x, y }) => [x, y]);
  if (shape.kind === 'polygon') return flat(...shape.points);
  if (shape.kind === 'text') return [...flat(shape.at), shape.height];
  if (shape.kind === 'circle') return [...flat(shape.center), shape.radius];
  if (shape.kind === 'line') return flat(shape.from, shape.to);
  return [...flat(shape.from, shape.to), shape.offset];
};

const named = (shape: Shape): string => {
  const numbers = numbersOf(shape).map((number) => Number(number.toFixed(3)));
  const text = shape.kind === 'text' ? ` ${JSON.stringify(shape.text.slice(0, 80))}` : '';
  return `${shape.kind} on ${shape.layer}${text} at ${numbers.join(' ')}`;
};
