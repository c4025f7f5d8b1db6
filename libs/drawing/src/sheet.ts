import type { Drawing } from './drawing.ts';

/** A drawing as it is printed and signed: at a true scale, with a title block and tables. */
export type Sheet = {
  readonly drawing: Drawing;
  readonly paper: 'a4' | 'a3';
  /** The lines of the title block: what, and its value. */
  readonly titleBlock: readonly (readonly [label: string, value: string])[];
  readonly tables: readonly SheetTable[];
};

export type SheetTable = {
  readonly heading: string;
  readonly columns: readonly string[];
  /** As many values each as there are columns. */
  readonly rows: readonly (readonly string[])[];
};
