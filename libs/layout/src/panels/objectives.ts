/** What each strategy calls best: a score of every grid that fits, more than 0 and at most 1. */
import type { CeilingInput } from '../ceiling/ceiling-input.ts';
import type { Strategy } from '../strategies.ts';
import { type Candidate, spaceOf } from './candidates.ts';

type Objective = (input: CeilingInput, candidate: Candidate) => number;

/** The share of the space between the perimeter gaps that panels cover. */
const coverageOf: Objective = (input, { nL, nW, pL, pW }) => {
  const { aL, aW } = spaceOf(input);
  return (pL * pW * nL * nW) / (aL * aW);
};

/** 1 where panels have the wanted ratio of sides, less the farther they are from it. */
const likenessOf: Objective = ({ target_aspect_ratio }, { pL, pW }) =>
  1 / (1 + Math.abs(pW / pL - target_aspect_ratio));

/** Much covered, near the wanted ratio, few panels: a product of the three, in which each panel takes off some 2 percent. */
const balanced: Objective = (input, candidate) =>
  (coverageOf(input, candidate) * likenessOf(input, candidate)) / (1 + 0.02 * candidate.nL * candidate.nW);

/**
 * The fewest panels; among grids of as many, the one that covers more and is nearer to the wanted ratio. What is added to the
 * number of panels is less than one, so it never outweighs a panel.
 */
const fewestPanels: Objective = (input, candidate) =>
  1 / (candidate.nL * candidate.nW + 1 - coverageOf(input, candidate) * likenessOf(input, candidate));

/** The least length of seams: lines between rows or columns of panels, each as long as the space is in its direction. */
const leastSeams: Objective = (input, candidate) => 1 / (1 + seamLengthOf(input, candidate));

/** In metres. */
export const seamLengthOf: Objective = (input, { nL, nW }) => {
  const { aL, aW } = spaceOf(input);
  return ((nL - 1) * aW + (nW - 1) * aL) / 1000;
};

/**
 * The greatest share of the stock that ends up on the ceiling. Stock is square sheets as large as the largest allowed panel;
 * as many panels are cut from each as fit in rows and columns, and no more is said of saw cuts.
 */
const leastWaste: Objective = (input, candidate) => {
  const { nL, nW, pL, pW } = candidate;
  return (nL * nW * pL * pW) / (sheetsOf(input, candidate) * input.max_panel_dimension_mm ** 2);
};

/** How many stock sheets the panels are cut from. */
export const sheetsOf: Objective = ({ max_panel_dimension_mm: sheet }, { nL, nW, pL, pW }) =>
  Math.ceil((nL * nW) / (fitting(sheet, pL) * fitting(sheet, pW)));

/** A side was divided, and dividing again may come out a hair below a whole number. */
const fitting = (sheet: number, side: number): number => Math.floor(sheet / side + 1e-9);

/**
 * Four equal quarters of square panels. A square looks the same from either side; an even number puts a seam on the axis, so
 * that no panel lies across it, and each way that is odd takes a quarter off. Of grids that are as symmetric, fewer panels.
 */
const mostSymmetric: Objective = (_input, { nL, nW, pL, pW }) => {
  const squareness = Math.min(pL, pW) / Math.max(pL, pW);
  const evenness = 1 - 0.25 * ((nL % 2) + (nW % 2));
  return (squareness * evenness) / (1 + 0.02 * nL * nW);
};

export const objectives: Readonly<Record<Strategy, Objective>> = {
  balanced,
  minimize_panels: fewestPanels,
  minimize_seams: leastSeams,
  minimize_cuts: leastSeams,
  minimize_waste: leastWaste,
  maximize_symmetry: mostSymmetric,
};
