import type { CorpusCeiling } from '../corpus/ceilings.ts';
import { layoutFacts } from '../corpus/layout-facts.ts';
import { labelsAside } from './judge-dxf.ts';
import { boxProblems } from './same-boxes.ts';
import { sameText } from './same-text.ts';

/** As `read_files.py` writes it, with y up. */
export type SvgSeen = {
  readonly view: readonly number[];
  readonly size: readonly [width: string, height: string];
  readonly names: readonly string[];
  readonly attributes: readonly string[];
  readonly title: string;
  readonly boxes: readonly (readonly [kind: string, ...box: number[]])[];
  readonly texts: readonly (readonly [kind: string, x: number, y: number, text: string])[];
};

/** Coordinates have one decimal. */
const toleranceMm = 0.0501;
const pixelsPerMm = 0.5;

const elements = ['g', 'rect', 'style', 'svg', 'text', 'title'].map((name) => `{http://www.w3.org/2000/svg}${name}`);
const attributes = [
  ...['class', 'dominant-baseline', 'font-weight', 'height', 'id', 'style', 'text-anchor', 'version', 'viewBox'],
  ...['width', 'x', 'y'],
];

export const judgeSvg = (ceiling: CorpusCeiling, seen: SvgSeen): readonly string[] => {
  const { boundary, inset, panels, materialLine } = layoutFacts(ceiling);
  const [, , length, width] = boundary;
  const size = [length, width].map((mm) => `${(mm * pixelsPerMm).toFixed(1)}px`);
  const boxes = (kind: string) => seen.boxes.filter(([other]) => other === kind).map(([, ...box]) => box);
  // A ceiling of 1234.56 mm reaches down to 1234.6: the sides of a box are rounded for themselves, too.
  const asked = { toleranceMm: 2 * toleranceMm };
  const labels = seen.texts.filter(([kind]) => kind === 'text-small');
  const last = seen.texts.at(-1)?.[3] ?? '';
  return [
    ...(JSON.stringify(seen.view) === JSON.stringify(boundary) ? [] : [`the view is ${seen.view.join(' ')}`]),
    ...(JSON.stringify(seen.size) === JSON.stringify(size) ? [] : [`the size is ${seen.size.join(' by ')}`]),
    ...seen.names.filter((name) => !elements.includes(name)).map((name) => `it has elements ${name}`),
    ...seen.attributes.filter((name) => !attributes.includes(name)).map((name) => `it has attributes ${name}`),
    ...boxProblems({ ...asked, what: 'ceiling', wanted: [boundary], found: boxes('ceiling') }),
    ...boxProblems({ ...asked, what: 'gap', wanted: [inset], found: boxes('gap') }),
    ...boxProblems({ ...asked, what: 'panel', wanted: panels, found: boxes('panel') }),
    ...(seen.boxes.length === panels.length + 2 ? [] : [`${seen.boxes.length} rectangles`]),
    ...(labels.length === panels.length ? [] : [`${labels.length} labels`]),
    ...labelsAside(panels, labels, toleranceMm),
    ...(seen.texts.length === panels.length + (materialLine === undefined ? 3 : 4)
      ? []
      : [`${seen.texts.length} texts`]),
    ...(sameText(ceiling.title, seen.title) ? [] : [`the title is ${JSON.stringify(seen.title.slice(0, 200))}`]),
    ...(materialLine === undefined || sameText(materialLine, last)
      ? []
      : [`the material is ${JSON.stringify(last.slice(0, 200))}`]),
  ];
};
