import type { Drawing } from './drawing.ts';
import type { Sheet } from './sheet.ts';

/** What a document is made of, whatever the format of its file. */
export type DocumentContent =
  | { readonly kind: 'drawing'; readonly drawing: Drawing }
  | { readonly kind: 'sheet'; readonly sheet: Sheet }
  | { readonly kind: 'text'; readonly text: string };
