/** DejaVu Sans: Latin, Greek, Cyrillic, Hebrew, Arabic and much else, under a licence that lets it be embedded. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

type Glyph = { readonly id: number };

/** What we use of fontkit, which pdfkit itself lays text out with. */
type FontkitFont = {
  readonly unitsPerEm: number;
  readonly characterSet: readonly number[];
  readonly hasGlyphForCodePoint: (codePoint: number) => boolean;
  readonly glyphForCodePoint: (codePoint: number) => Glyph;
  readonly layout: (text: string, features: readonly string[]) => { readonly advanceWidth: number };
};

export type Font = {
  readonly file: string;
  readonly has: (codePoint: number) => boolean;
  /** The first character with the same glyph: what a reader of a file can tell of it. */
  readonly canonical: (character: string) => string;
  /** Of a run in one direction, for a font size of 1. */
  readonly widthOf: (run: string) => number;
  /** Of a capital letter, for a font size of 1. */
  readonly capital: number;
};

/** Of both weights: the H of DejaVu Sans is 1493 of 2048 high. Its OS/2 table is too old to say so. */
const capital = 1493 / 2048;

const require = createRequire(import.meta.url);
const fontkit = require('fontkit') as { readonly create: (bytes: Uint8Array) => FontkitFont };

const open = (name: string): Font => {
  const file = require.resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`);
  const font = fontkit.create(readFileSync(file));
  const { characterSet, unitsPerEm } = font;
  const firsts = new Map<number, number>();
  for (const codePoint of characterSet) {
    const { id } = font.glyphForCodePoint(codePoint);
    if (!firsts.has(id)) firsts.set(id, codePoint);
  }
  const widths = new Map<string, number>();
  return {
    file,
    has: (codePoint) => font.hasGlyphForCodePoint(codePoint),
    canonical: (character) =>
      String.fromCodePoint(firsts.get(font.glyphForCodePoint(character.codePointAt(0) ?? 0).id) ?? 0xfffd),
    widthOf: (run) => {
      const known = widths.get(run);
      if (known !== undefined) return known;
      const width = font.layout(run, []).advanceWidth / unitsPerEm;
      // Numbers and headings come again; what comes once must not be kept for ever.
      if (run.length <= 16 && widths.size < 10_000) widths.set(run, width);
      return width;
    },
    capital,
  };
};

const opened = new Map<string, Font>();

/** Read when it is first needed, and once. */
export const fontOf = (weight: 'regular' | 'bold'): Font => {
  const name = weight === 'bold' ? 'DejaVuSans-Bold' : 'DejaVuSans';
  const font = opened.get(name) ?? open(name);
  opened.set(name, font);
  return font;
};
