/** A ceiling that is in no project, as it was given: laid out and priced, or refused with everything that is wrong. */
import type { Refused } from '@plenum/event';
import type { CeilingInput } from '../ceiling/ceiling-input.ts';
import { type CeilingDefaults, checkCeiling } from '../ceiling/check-ceiling.ts';
import { checkRates, type WasteAndLabor } from '../costs/check-rates.ts';
import { findMaterial } from '../materials/known-materials.ts';
import type { KnownMaterial } from '../materials/material.ts';
import type { Project } from '../project-document/project-document.ts';
import { problemsOf, refusedFor } from '../projects/faults.ts';
import { keptOf, measuredOf } from '../projects/laid-out.ts';

export type CalculationGiven = {
  readonly ceiling: unknown;
  readonly ceilingDefaults?: CeilingDefaults;
  /** A key; not priced unless given. */
  readonly material: string | undefined;
  readonly rates: unknown;
  /** What the material is called where it is given. */
  readonly materialField?: string;
};

export type Calculated = {
  readonly calculated: Omit<Project, 'generated'>;
  /** What it was calculated from, nothing left to defaults. */
  readonly input: CeilingInput & WasteAndLabor & { readonly material?: KnownMaterial['key'] };
};

export const calculatedOf = (given: CalculationGiven): Calculated | { readonly refused: Refused } => {
  const ceiling = checkCeiling(given.ceiling, given.ceilingDefaults);
  const material = given.material === undefined ? undefined : findMaterial(given.material, given.materialField);
  const rates = checkRates(given.rates);
  if ('problems' in ceiling || 'problems' in rates || (material !== undefined && 'problems' in material)) {
    const refused = refusedFor(problemsOf(ceiling, material, rates));
    if (refused === undefined) throw new Error('what is refused has problems');
    return { refused };
  }
  const kept = keptOf(measuredOf(ceiling.value), ceiling.value.strategy);
  if (typeof kept === 'string') return { refused: { outcome: 'refused', code: 'invalid', reason: kept } };
  const priced = material === undefined ? {} : { material: material.value };
  return {
    calculated: { ceiling: kept.ceiling, layout: kept.layout, ...priced, ...rates.value },
    input: {
      ...{ ...ceiling.value, ...rates.value },
      ...(material === undefined ? {} : { material: material.value.key }),
    },
  };
};
