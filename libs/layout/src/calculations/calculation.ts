/** A calculation that belongs to no project: kept once, and then it is as it is. */
import { type Actor, actorName, type Decided, type Decider, decided, isEvent, newEvent, refused } from '@plenum/event';
import { type CeilingDefaults, checkCeiling } from '../ceiling/check-ceiling.ts';
import { checkMaterial } from '../materials/custom-material.ts';
import { problemsOf, refusedFor } from '../projects/faults.ts';
import { keptOf, measuredOf } from '../projects/laid-out.ts';
import { CalculationKept } from './calculation-events.ts';

export type CalculationCommand = {
  readonly calculationId: string;
  /** As it was given, with or without a strategy. */
  readonly ceiling: unknown;
  readonly ceilingDefaults?: CeilingDefaults;
  /** A key, or a material that is described; not priced unless given. */
  readonly material?: unknown;
  readonly actor: Actor;
};

const decide = (isKept: boolean, { calculationId, actor, ...given }: CalculationCommand): Decided => {
  if (isKept) return refused('exists', 'There is such a calculation already.');
  const ceiling = checkCeiling(given.ceiling, given.ceilingDefaults);
  const material = given.material === undefined ? undefined : checkMaterial(given.material, 'material_id');
  if ('problems' in ceiling || (material !== undefined && 'problems' in material)) {
    return refusedFor(problemsOf(ceiling, material)) ?? decided();
  }
  const kept = keptOf(measuredOf(ceiling.value), ceiling.value.strategy);
  if (typeof kept === 'string') return refused('invalid', kept);
  const priced = material && { ...material.value, key: material.value.key };
  const data = { calculation_id: calculationId, ...kept, material: priced, by: actorName(actor) };
  return decided(newEvent(CalculationKept, data));
};

/** The state is whether it is kept. */
export const calculation: Decider<boolean, CalculationCommand> = {
  initial: false,
  decide,
  evolve: (isKept, happened) => isKept || isEvent(CalculationKept, happened),
};
