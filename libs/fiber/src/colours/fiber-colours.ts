/** Which tube a fibre lies in, and the colours of both. */
import type { Colour, ColourCatalogue } from './tia-598.ts';

export const fibersPerTubeDefault = 12;

export type FiberColours = {
  /** From 1. */
  readonly tube: number;
  /** `undefined`: the catalogue goes no further. Beyond it there is no rule, and no colour is made up. */
  readonly tubeColour: Colour | undefined;
  readonly fiberColour: Colour | undefined;
};

/**
 * Fibre `number` of a cable, from 1, with so many in a tube: index (n - 1) mod fibres per tube, tube floor((n - 1) / fibres per tube) + 1,
 * both in the catalogue's order (TIA-598-C).
 */
export const fiberColours = (
  { colours }: ColourCatalogue,
  number: number,
  fibersPerTube: number = fibersPerTubeDefault,
): FiberColours => {
  const tube = Math.floor((number - 1) / fibersPerTube) + 1;
  return { tube, tubeColour: colours[tube - 1], fiberColour: colours[(number - 1) % fibersPerTube] };
};
