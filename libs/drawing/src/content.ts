import type { Drawing } from './drawing.ts';
import type { Sheet } from './sheet.ts';

/** What a document is made of, whatever the format of its file. */
export type DocumentContent =
  | { readonly kind: 'drawing'; readonly drawing: Drawing; readonly view?: View }
  /** `timeUs` is when its file says that it was made. */
  | { readonly kind: 'sheet'; readonly sheet: Sheet; readonly timeUs: number }
  | { readonly kind: 'text'; readonly text: string };

/** How a drawing is shown on a screen, where its format is one for screens. */
export type View = {
  /** Pixels for a millimetre of what is drawn: above 0, at most 100. */
  readonly scale?: number;
  /** What is shown, in millimetres from the origin; as far as the drawing reaches without it. */
  readonly page?: { readonly width: number; readonly height: number };
  /** Which layers stand in one group, by its id. Each layer is a group of its own without it. */
  readonly groups?: readonly { readonly id: string; readonly layers: readonly string[] }[];
};
