/** Questions about calculations. */
import { type ShownRow, type Sql, selectedColumns } from '@plenum/read-model';
import { calculationsTable } from './calculations-projection.ts';

export type CalculationReads = {
  /** Where only one organisation's are asked for, those of others are not there. */
  readonly byId: (calculationId: string, organisation?: string) => Promise<CalculationShown | undefined>;
};

export type CalculationShown = ShownRow<typeof calculationsTable>;

const columns = selectedColumns(calculationsTable, 'c');

export const calculationReads = (sql: Sql): CalculationReads => ({
  byId: async (calculationId, organisation) => {
    const [row] = await sql<CalculationShown>(
      `select ${columns} from public.ceiling_calculations c
       where c.calculation_id = $1 and ($2::text is null or c.organisation = $2)`,
      [calculationId, organisation ?? null],
    );
    return row;
  },
});
