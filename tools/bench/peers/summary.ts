/** What the rounds came to: a value for each figure of each pipeline, and which of a row is best. */
import { spreadOf } from '../statistics.ts';
import type { Figure, FigureName, Figures } from './figures.ts';

/** Every pipeline's figures, a round each. */
export type Rounds = ReadonlyMap<string, readonly Figures[]>;

export type Cell = {
  readonly value: number;
  readonly least: number;
  readonly greatest: number;
  readonly rounds: number;
};
export type Row = {
  readonly figure: Figure;
  /** By pipeline; none where it was not measured in most of the rounds. */
  readonly cells: ReadonlyMap<string, Cell>;
  /** Of its pipelines: those with the best value, when they are told apart by it. */
  readonly best: readonly string[];
};

export const rowOf = (figure: Figure, rounds: Rounds): Row => {
  const cells = new Map<string, Cell>();
  for (const [pipeline, each] of rounds) {
    const cell = cellOf(figure, valuesOf(each, figure.name), each.length);
    if (cell !== undefined) cells.set(pipeline, cell);
  }
  return { figure, cells, best: bestOf(figure, cells) };
};

const valuesOf = (each: readonly Figures[], name: FigureName): readonly number[] =>
  each.map((figures) => figures[name]).filter((value) => value !== undefined);

const cellOf = ({ over }: Figure, values: readonly number[], rounds: number): Cell | undefined => {
  if (values.length * 2 <= rounds) return undefined;
  const { median, least, greatest } = spreadOf(values);
  const value = over === 'sum' ? values.reduce((total, one) => total + one, 0) : median;
  return { value, least, greatest, rounds: values.length };
};

const bestOf = ({ best }: Figure, cells: ReadonlyMap<string, Cell>): readonly string[] => {
  if (best === 'none' || cells.size === 0) return [];
  const values = [...cells.values()].map(({ value }) => value);
  const wanted = best === 'least' ? Math.min(...values) : Math.max(...values);
  const names = [...cells].filter(([, { value }]) => value === wanted).map(([name]) => name);
  return names.length === cells.size ? [] : names;
};

/** Where a pipeline that is none of ours has a better value than the best of ours. */
export type Ahead = {
  readonly figure: Figure;
  readonly ours: number;
  readonly others: readonly (readonly [string, number])[];
};

/** @param ours the names of our own pipelines. */
export const aheadIn = ({ figure, cells }: Row, ours: readonly string[]): Ahead | undefined => {
  if (figure.best === 'none') return undefined;
  const sign = figure.best === 'least' ? 1 : -1;
  const values = ours.flatMap((name) => cells.get(name)?.value ?? []);
  if (values.length === 0) return undefined;
  const own = Math.min(...values.map((value) => value * sign)) * sign;
  const others = [...cells]
    .filter(([name, { value }]) => !ours.includes(name) && value * sign < own * sign)
    .map(([name, { value }]) => [name, value] as const);
  return others.length === 0 ? undefined : { figure, ours: own, others };
};
