/** Renders drawings by three programs, and compares what they show with the layout, pixel by pixel. */
import path from 'node:path';
import type { Python } from '../ask-python.ts';
import type { CorpusCeiling } from '../corpus/ceilings.ts';
import type { Format } from '../corpus/files-of.ts';
import { layoutFacts } from '../corpus/layout-facts.ts';
import type { JudgedCeiling } from '../judge-corpus.ts';
import type { Chromium } from './chromium.ts';
import { cutByPoppler } from './poppler.ts';

export type Renderers = {
  readonly python: Python;
  readonly chromium: Chromium | undefined;
  readonly hasPoppler: boolean;
  /** Of the pictures. */
  readonly folder: string;
};

export type PicturesSeen = {
  readonly name: string;
  /** In their own line widths, as people see them. */
  readonly shown: readonly string[];
  readonly problems: readonly string[];
  readonly found: PixelsSeen;
};

/** As `pictures.py` writes it; shares are of 1. */
export type PixelsSeen = {
  readonly pictures: Readonly<Partial<Record<Format, PictureSeen>>>;
  /** Of the two that differ most: the share of pixels about which both say the same, inside of a panel or not. */
  readonly agree: number;
};
type PictureSeen = {
  /** Of the panel that is outlined least: the share of its worst side that has a line within two pixels. */
  readonly least_outlined: number;
  /** Pixels of an outline farther than two from any that there should be. */
  readonly astray: number;
  readonly inside: number;
};

/** The longer side of every ceiling. */
const pixelsLong = 1500;
/** Around the ceiling, in pixels, but in the SVG, which shows no more than that. */
const margin = 8;

export const judgePictures = async (renderers: Renderers, one: JudgedCeiling): Promise<PicturesSeen> => {
  const { ceiling } = one;
  const { length_mm: length, width_mm: width } = ceiling.ceiling;
  const scale = pixelsLong / Math.max(length, width);
  const pixels = [Math.round(length * scale), Math.round(width * scale)] as const;
  const picture = (kind: string) => path.join(renderers.folder, `${ceiling.name}-${kind}.png`);
  const asked = { length, width, pixels };
  const dxf = { work: 'dxf', ...asked, file: one.files.dxf };
  await renderers.python.ask({ ...dxf, outlines: false, picture: picture('dxf') });
  await renderers.python.ask({ ...dxf, outlines: true, picture: picture('dxf-outlines') });
  const scripts = await pictureSvg(renderers, { svg: one.files.svg, pixels, picture });
  await picturePdf(renderers, one, { scale, pixels, picture: picture('pdf') });
  const found = (await renderers.python.ask({
    ...{ work: 'compare', ...asked, panels: layoutFacts(ceiling).panels },
    pictures: {
      ...{ dxf: picture('dxf-outlines'), pdf: picture('pdf') },
      ...(renderers.chromium === undefined ? {} : { svg: picture('svg-outlines') }),
    },
  })) as PixelsSeen; // As `pictures.py` writes it.
  return {
    name: nameOf(ceiling),
    shown: ['dxf', ...(renderers.chromium === undefined ? [] : ['svg']), 'pdf'].map(picture),
    problems: [...(scripts === 0 ? [] : [`${scripts} scripts ran`]), ...pixelProblems(found)],
    found,
  };
};

const nameOf = ({ name, ceiling, layout }: CorpusCeiling): string =>
  `${name}: ${ceiling.length_mm} x ${ceiling.width_mm} mm, ${layout.panels_per_row} x ${layout.panels_per_column} panels`;

type SvgAsked = {
  readonly svg: string;
  readonly pixels: readonly [number, number];
  readonly picture: (kind: string) => string;
};

/** Once as it is, and once with nothing but outlines, which are seen at any scale. */
const pictureSvg = async ({ chromium }: Renderers, { svg, pixels, picture }: SvgAsked): Promise<number> => {
  if (chromium === undefined) return 0;
  const shown = await chromium.picture({ svg, pixels, picture: picture('svg') });
  const lines = await chromium.picture({ svg, pixels, picture: picture('svg-outlines'), outlines: 1.5 });
  return shown.scripts + lines.scripts;
};

const picturePdf = async (
  { python, hasPoppler }: Renderers,
  { files, pdf }: JudgedCeiling,
  asked: { readonly scale: number; readonly pixels: readonly [number, number]; readonly picture: string },
): Promise<void> => {
  const [boundary] = pdf?.boxes ?? [];
  const [, pageHeight = NaN] = pdf?.pages[0] ?? [];
  if (boundary === undefined || pdf?.scale === null || pdf?.scale === undefined)
    throw new Error(`${files.pdf}: no ceiling`);
  const dpi = asked.scale * pdf.scale * 25.4;
  const inPixels = (points: number): number => Math.round((points * dpi) / 72);
  const [left, bottom, , height] = boundary;
  const [across, down] = asked.pixels.map((pixels) => pixels + 2 * margin) as [number, number]; // As many as there were.
  const corner = [inPixels(left) - margin, inPixels(pageHeight - bottom - height) - margin] as const;
  const cutting = [...corner, across, down] as const;
  const cut = { file: files.pdf, picture: asked.picture, dpi, cutting };
  if (hasPoppler) await cutByPoppler(cut);
  else await python.ask({ work: 'pdf', ...cut });
};

/** A node's circle or a letter may stand on an outline. */
const outlinedMin = 0.8;
const sameMin = 0.999;

const pixelProblems = ({ pictures, agree }: PixelsSeen): readonly string[] => [
  ...Object.entries(pictures).flatMap(([kind, { least_outlined, astray, inside }]) => [
    ...(least_outlined >= outlinedMin ? [] : [`${kind}: a side of a panel is outlined by ${percent(least_outlined)}`]),
    ...(astray === 0 ? [] : [`${kind}: ${astray} pixels of outlines where no panel is`]),
    ...(inside >= sameMin ? [] : [`${kind}: ${percent(inside)} of the pixels are as the layout has them`]),
  ]),
  ...(agree >= sameMin ? [] : [`two pictures agree in ${percent(agree)} of their pixels`]),
];

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;
