import type { Box } from '../corpus/layout-facts.ts';

export type BoxesAsked = {
  readonly what: string;
  readonly wanted: readonly Box[];
  /** Whatever a reader found: a rectangle has four numbers. */
  readonly found: readonly (readonly unknown[])[];
  readonly toleranceMm: number;
};

/** The first that is another is named, and how many there are where that is wrong. */
export const boxProblems = ({ what, wanted, found, toleranceMm }: BoxesAsked): readonly string[] => {
  const differ = wanted.findIndex((box, index) => !isNear(box, found[index] ?? [], toleranceMm));
  return [
    ...(wanted.length === found.length ? [] : [`${found.length} ${what}, and not ${wanted.length}`]),
    ...(differ === -1
      ? []
      : [
          `${what} ${differ + 1} is ${JSON.stringify(found[differ] ?? null)}, and not ${JSON.stringify(wanted[differ])}`,
        ]),
  ];
};

const isNear = (box: Box, found: readonly unknown[], toleranceMm: number): boolean =>
  found.length === 4 &&
  box.every((number, index) => {
    const other = found[index];
    return typeof other === 'number' && Math.abs(number - other) <= toleranceMm;
  });
