/**
 * A drawing: shapes on layers, in millimetres, x to the right and y up. Adapters write it in their format, each with what the
 * format has for it, and know nothing else about what is drawn.
 */

export type Point = { readonly x: number; readonly y: number };

/** How its shapes look. Colours are `#rrggbb`; widths and dashes are millimetres of what is drawn. */
export type Layer = {
  /** Upper-case letters, digits and underscores. */
  readonly name: string;
  /** AutoCAD colour index, 1 to 255; 7 is black on white and white on black. */
  readonly colorIndex: number;
  readonly stroke: string;
  readonly strokeWidth: number;
  /** Nothing is filled without it. */
  readonly fill?: string;
  /** Lengths of dashes and gaps in turn. */
  readonly dash?: readonly number[];
};

type On = { readonly layer: string };

/** Closed: the last point is joined to the first, and is not it again. */
export type Polygon = On & { readonly kind: 'polygon'; readonly points: readonly Point[] };

export type Line = On & { readonly kind: 'line'; readonly from: Point; readonly to: Point };

export type Circle = On & { readonly kind: 'circle'; readonly center: Point; readonly radius: number };

/** One line of text. Whatever stands in it is text: no format's codes, entities or commands. */
export type Text = On & {
  readonly kind: 'text';
  /** `start`: the left end of the baseline. `middle`: the middle of the text, both ways. */
  readonly align: 'start' | 'middle';
  readonly at: Point;
  /** Of a capital letter. */
  readonly height: number;
  /** Where the format can say so; it is no other text for that. */
  readonly bold?: boolean;
  readonly text: string;
};

/** How far two points are apart, on a line beside them. */
export type Dimension = On & {
  readonly kind: 'dimension';
  readonly from: Point;
  readonly to: Point;
  /** Of the dimension line, to the left of the way from one point to the other; to the right, where it is negative. */
  readonly offset: number;
  /** Height of its text. */
  readonly height: number;
};

export type Shape = Polygon | Line | Circle | Text | Dimension;

export type Drawing = {
  readonly title: string;
  readonly layers: readonly Layer[];
  /** In the order in which they are drawn, on layers that there are. */
  readonly shapes: readonly Shape[];
};
