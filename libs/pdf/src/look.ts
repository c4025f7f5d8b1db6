import type { Layer } from '@plenum/drawing';

/** A printer shows no thinner line, and no shorter dash. Millimetres of paper. */
const thinnest = 0.1;
const shortest = 0.6;

/** How wide lines of a layer are at a scale, in millimetres of what is drawn, and their dashes. */
export const lookOf = (
  { strokeWidth, dash }: Layer,
  scale: number,
): { readonly width: number; readonly dash: readonly number[] | undefined } => {
  const longer = dash === undefined ? 1 : Math.max(1, (shortest * scale) / Math.min(...dash));
  return { width: Math.max(strokeWidth, thinnest * scale), dash: dash?.map((length) => length * longer) };
};
