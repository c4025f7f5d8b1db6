/** The sets that are projected in measurements: the readings as they are, and their ledger alone. */
import { readingsSet } from '@plenum/ceiling';
import type { ReadModelSet } from '@plenum/read-model';

export type SetChoice = {
  /** `ledger`: without what is folded from it. `copied`: the same table again, for the bare side. */
  readonly shape: 'ledger' | 'set' | 'copied';
};

/** Under names of their own, so that the tables of one measurement are not another's. */
export const setOf = ({ shape }: SetChoice): ReadModelSet => ({
  ...readingsSet,
  name: `bench_${shape}`,
  folds: shape === 'set' ? readingsSet.folds : [],
});

export const schemaOf = (choice: SetChoice): string => {
  const { name, version } = setOf(choice);
  return `${name}_v${version}`;
};
