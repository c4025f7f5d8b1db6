export { type Bounds, boundsOf } from './bounds.ts';
export type { DocumentContent } from './content.ts';
export { type Counts, countsOf } from './counts.ts';
export { differences } from './differences.ts';
export type { Circle, Dimension, Drawing, Layer, Line, Point, Polygon, Shape, Text } from './drawing.ts';
export type { Sheet, SheetTable } from './sheet.ts';
