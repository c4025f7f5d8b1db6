/** Exports that somebody may ask for, drawn by chance, each with what has to come of it. */
import { readingsTopic } from '@plenum/ceiling';
import type { Numbers } from '@plenum/simulation';
import { between, oneOf } from '../numbers.ts';

/** As the API takes it. */
export type ExportBody = Readonly<Record<string, unknown>> & { readonly kind: string; readonly format: string };

/** A code of failure is what the export ends with; `refused` is answered at once. */
export type ExpectedEnd = 'ready' | 'not-found' | 'not-possible' | 'refused';

/**
 * How the same bytes are had again. `as-of`: as of the position of the export; `unchanged`: what it is made of does not change;
 * `never`: it is as of when it was made.
 */
export type Again = 'as-of' | 'unchanged' | 'never';

export type DrawnExport = { readonly body: ExportBody; readonly expected: ExpectedEnd; readonly again: Again };

/** What is there to be asked for. */
export type Exportable = {
  /** A ceiling project with a layout, and one without. */
  readonly laidOut: string;
  readonly notLaidOut: string;
  /** Positions of exports of readings that are made. */
  readonly positions: readonly string[];
  readonly nowMs: number;
};

const rowFormats = ['csv', 'ndjson', 'parquet'] as const;
const drawings = ['dxf', 'svg', 'pdf', 'txt', 'json'] as const;

const readings = (numbers: Numbers, more: object = {}): DrawnExport => ({
  body: { kind: 'readings', format: oneOf(numbers, rowFormats), ...more },
  ...{ expected: 'ready', again: 'as-of' },
});

const ceiling = (numbers: Numbers, project: string, expected: ExpectedEnd): DrawnExport => ({
  // Nodes move; the project does not change.
  body: { kind: 'ceiling', format: oneOf(numbers, drawings), options: { project, nodes: 'none' } },
  ...{ expected, again: expected === 'ready' ? 'unchanged' : 'never' },
});

type Draw = (numbers: Numbers, there: Exportable) => DrawnExport;

const draws: readonly Draw[] = [
  (numbers) => readings(numbers),
  (numbers) => ceiling(numbers, '01900000-0000-7000-8000-000000000000', 'not-found'),
  (numbers, { laidOut }) => ceiling(numbers, laidOut, 'ready'),
  (numbers, { positions }) => readings(numbers, positions.length === 0 ? {} : { as_of: oneOf(numbers, positions) }),
  (numbers, { nowMs }) => readings(numbers, { as_of: new Date(nowMs - between(numbers, 1_000, 20_000)).toISOString() }),
  (numbers) => readings(numbers, { filters: { sensor_type: oneOf(numbers, ['temperature', 'humidity']) } }),
  (numbers) => ({
    body: { kind: 'events', format: oneOf(numbers, rowFormats), filters: { topic: readingsTopic.name } },
    ...{ expected: 'ready', again: 'as-of' },
  }),
  (numbers) => ({
    body: { kind: 'nodes', format: oneOf(numbers, rowFormats) },
    ...{ expected: 'ready', again: 'never' },
  }),
  (numbers, { notLaidOut }) => ceiling(numbers, notLaidOut, 'not-possible'),
  (numbers) => ({
    body: { kind: 'readings', format: oneOf(numbers, ['dxf', 'xlsx']), filters: { floor: 2 } },
    ...{ expected: 'refused', again: 'never' },
  }),
];

/** Each kind in turn first, so that a short run has all of them. @param turn from 0. */
export const drawnExport = (numbers: Numbers, there: Exportable, turn: number): DrawnExport => {
  const draw = turn < draws.length ? draws[turn] : oneOf(numbers, draws);
  if (draw === undefined) throw new Error('there is nothing to ask for');
  return draw(numbers, there);
};

/** What gives the same bytes once more; `undefined` where nothing does. */
export const askedAgain = ({ body, again }: DrawnExport, position: string): ExportBody | undefined => {
  if (again === 'never') return undefined;
  return again === 'as-of' ? { ...body, as_of: position } : body;
};
