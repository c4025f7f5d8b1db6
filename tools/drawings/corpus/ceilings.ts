/** Ceilings to draw: from a seed, so that each can be had again by its number. */
import {
  type CeilingInput,
  ceilingDefaults,
  checkCeiling,
  layOut,
  type Material,
  materials,
  type NodePlace,
  type PanelLayout,
  strategies,
} from '@plenum/layout';
import { type Numbers, seededNumbers } from '@plenum/simulation';
import { chosenCeilings } from './chosen-ceilings.ts';
import { hostileWords } from './hostile.ts';

export type CorpusCeiling = {
  /** Of its files. */
  readonly name: string;
  readonly title: string;
  readonly ceiling: CeilingInput;
  readonly layout: PanelLayout;
  readonly material?: Material;
  /** Some of them outside of the ceiling. */
  readonly nodes: readonly NodePlace[];
  readonly paper: 'a4' | 'a3';
};

/** The chosen ones first, and then as many as it takes. */
export const corpusOf = (count: number, seed: number): readonly CorpusCeiling[] =>
  Array.from({ length: count }, (_, index) => ceilingAt(index, seed));

const ceilingAt = (index: number, seed: number): CorpusCeiling => {
  // A seed of its own for each: the tenth is the same in a corpus of ten and of two hundred.
  const numbers = seededNumbers(seed * 100_003 + index);
  const chosen = chosenCeilings[index];
  const { ceiling, layout } = chosen === undefined ? anyCeiling(numbers) : laidOut({ ...ceilingDefaults, ...chosen });
  const words = (every: number): string | undefined =>
    index % every === 0 ? hostileWords[(index / every) % hostileWords.length] : undefined;
  const material = materialOf(numbers, words(2));
  return {
    name: String(index + 1).padStart(3, '0'),
    title: words(3) ?? `Ceiling ${index + 1}`,
    ...{ ceiling, layout },
    ...(material === undefined ? {} : { material }),
    nodes: nodesOf(numbers, ceiling, words(5)),
    paper: numbers() < 0.5 ? 'a4' : 'a3',
  };
};

type Laid = { readonly ceiling: CeilingInput; readonly layout: PanelLayout };

const laidOut = (ceiling: CeilingInput): Laid => {
  const checked = checkCeiling(ceiling);
  if ('problems' in checked) throw new Error(checked.problems.map(({ message }) => message).join('; '));
  const result = layOut(ceiling);
  if ('refusal' in result) throw new Error(result.refusal.message);
  return { ceiling, layout: result.layout };
};

/** What draws so many draws more, and takes as much longer; one of the chosen ones has ten thousand. */
const panelsMax = 1000;

/** Tries until one has a layout, which most have. */
const anyCeiling = (numbers: Numbers): Laid => {
  for (;;) {
    const ceiling = anyInput(numbers);
    if ('problems' in checkCeiling(ceiling)) continue;
    const result = layOut(ceiling);
    if ('layout' in result && result.layout.total_panels <= panelsMax) return { ceiling, layout: result.layout };
  }
};

const anyInput = (numbers: Numbers): CeilingInput => {
  const [length_mm, width_mm] = [anyLength(numbers, 100, 50_000), anyLength(numbers, 100, 50_000)];
  const shorter = Math.min(length_mm, width_mm);
  const gap = () => oneOf(numbers, [0, 0.004, 3, 20, 200, anyLength(numbers, 0.1, Math.min(1000, shorter / 4))]);
  const max = anyLength(numbers, Math.max(2, shorter / 60), 5000);
  return {
    ...{ length_mm, width_mm, perimeter_gap_mm: gap(), panel_gap_mm: gap() },
    target_aspect_ratio: oneOf(numbers, [1, 0.5, 3, anyLength(numbers, 0.01, 100)]),
    max_panel_dimension_mm: max,
    min_panel_dimension_mm: anyLength(numbers, 1, max),
    max_panels_per_dimension: 1 + below(numbers, 200),
    strategy: oneOf(numbers, strategies),
  };
};

/** As often between 1 and 10 as between 10 and 100; whole, or with any decimals. */
const anyLength = (numbers: Numbers, min: number, max: number): number => {
  const length = min * (max / min) ** numbers();
  const whole = Math.round(length);
  return numbers() < 0.5 && whole >= min && whole <= max ? whole : length;
};

const below = (numbers: Numbers, end: number): number => Math.floor(numbers() * end);

const oneOf = <T>(numbers: Numbers, choices: readonly T[]): T => choices[below(numbers, choices.length)] as T; // Inside.

const materialOf = (numbers: Numbers, name: string | undefined): Material | undefined => {
  if (name === undefined) return oneOf(numbers, [...materials, undefined]);
  const rest = { color: oneOf(numbers, [name.slice(0, 100), 'Oak', '']), reflectivity: 0.5, notes: name };
  return { name, category: 'custom', cost_per_sqm: below(numbers, 1000), ...rest };
};

/** One in four lies outside. */
const nodesOf = (numbers: Numbers, { length_mm, width_mm }: CeilingInput, id: string | undefined): NodePlace[] =>
  Array.from({ length: below(numbers, 8) }, (_, index) => ({
    node_id: `${index}${id ?? '-node'}`,
    x: length_mm * numbers(),
    y: width_mm * (numbers() < 0.75 ? numbers() : 1.5),
  }));
