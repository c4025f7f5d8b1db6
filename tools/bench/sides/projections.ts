/** The projections that are projected in measurements. */
import { projections } from '@plenum/catalogue';
import { readingsProjection } from '@plenum/ceiling';
import { buildOf, nameOfBuild, type Projection, type Table } from '@plenum/read-model';

export type ProjectionChoice = {
  /**
   * `ledger`: the readings without what is folded from them. `set`: all of it. `copied`: the ledger's table as plain as it is
   * declared, with its values in every row, for the bare side. `real`: every set of the catalogue under its own name, for queries.
   */
  readonly shape: 'ledger' | 'projection' | 'copied' | 'real';
};

export const setsOf = (choice: ProjectionChoice): readonly Projection[] =>
  choice.shape === 'real' ? projections : [readingsOf(choice)];

/** Under names of their own, so that the tables of one measurement are not another's. */
export const readingsOf = ({ shape }: ProjectionChoice): Projection => ({
  ...readingsProjection,
  name: `bench_${shape}`,
  folds: shape === 'projection' ? readingsProjection.folds : [],
  ...(shape === 'copied' && readingsProjection.ledger !== undefined && { ledger: plain(readingsProjection.ledger) }),
});

const plain = ({ repeated: _, ...table }: Table): Table => table;

export const schemaOf = (choice: ProjectionChoice): string => nameOfBuild(buildOf(readingsOf(choice)));
