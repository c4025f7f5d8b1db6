/** What we use of pdfkit, which declares no types. Lengths are points; y goes down. */
import { createRequire } from 'node:module';

export type Reference = { readonly end: () => void };

export type TextOptions = {
  readonly lineBreak: false;
  readonly baseline: 'alphabetic';
  /** Given, a run is laid out whole, and not word by word. */
  readonly features: readonly string[];
};

export type Writer = {
  readonly on: (event: 'data' | 'end' | 'error', listener: (chunk: Uint8Array & Error) => void) => void;
  readonly addPage: (page: { readonly size: readonly [number, number]; readonly margin: 0 }) => Writer;
  readonly page: { readonly resources: { readonly data: { Properties?: unknown } } };
  readonly ref: (data: Readonly<Record<string, unknown>>) => Reference;
  readonly addContent: (operators: string) => Writer;
  readonly save: () => Writer;
  readonly restore: () => Writer;
  readonly transform: (a: number, b: number, c: number, d: number, e: number, f: number) => Writer;
  readonly rotate: (degrees: number, about: { readonly origin: readonly [number, number] }) => Writer;
  readonly moveTo: (x: number, y: number) => Writer;
  readonly lineTo: (x: number, y: number) => Writer;
  readonly closePath: () => Writer;
  readonly circle: (x: number, y: number, radius: number) => Writer;
  readonly rect: (x: number, y: number, width: number, height: number) => Writer;
  readonly lineWidth: (width: number) => Writer;
  readonly dash: (lengths: readonly number[], options: object) => Writer;
  readonly undash: () => Writer;
  readonly strokeColor: (color: string) => Writer;
  readonly fillColor: (color: string) => Writer;
  readonly stroke: () => Writer;
  readonly fill: () => Writer;
  readonly fillAndStroke: () => Writer;
  readonly font: (source: string) => Writer;
  readonly fontSize: (size: number) => Writer;
  readonly text: (text: string, x: number, y: number, options: TextOptions) => Writer;
  readonly end: () => void;
  /** The document's catalog. */
  readonly _root: { readonly data: { OCProperties?: unknown } };
};

type WriterOptions = {
  readonly autoFirstPage: false;
  readonly font: string;
  readonly pdfVersion: '1.7';
  readonly info: Readonly<Record<string, string | Date>>;
};

/** As its documentation and its sources say. */
export const PdfDocument = createRequire(import.meta.url)('pdfkit') as new (options: WriterOptions) => Writer;
