/** The sets that are projected in measurements. */
import { sets } from '@plenum/catalogue';
import { readingsSet } from '@plenum/ceiling';
import type { ReadModelSet } from '@plenum/read-model';

export type SetChoice = {
  /**
   * `ledger`: the readings without what is folded from them. `set`: all of it. `copied`: the ledger's table again, for the
   * bare side. `real`: every set of the catalogue under its own name, for queries.
   */
  readonly shape: 'ledger' | 'set' | 'copied' | 'real';
};

export const setsOf = (choice: SetChoice): readonly ReadModelSet[] =>
  choice.shape === 'real' ? sets : [readingsOf(choice)];

/** Under names of their own, so that the tables of one measurement are not another's. */
export const readingsOf = ({ shape }: SetChoice): ReadModelSet => ({
  ...readingsSet,
  name: `bench_${shape}`,
  folds: shape === 'set' ? readingsSet.folds : [],
});

export const schemaOf = (choice: SetChoice): string => {
  const { name, version } = readingsOf(choice);
  return `${name}_v${version}`;
};
