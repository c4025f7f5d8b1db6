import type { CorpusCeiling } from '../corpus/ceilings.ts';
import { type Box, type LayoutFacts, layoutFacts } from '../corpus/layout-facts.ts';
import { boxProblems } from './same-boxes.ts';
import { sameText } from './same-text.ts';

/** As `read_files.py` writes it. */
export type DxfSeen = {
  /** `$INSUNITS`. */
  readonly units: number;
  readonly errors: readonly string[];
  readonly fixes: readonly string[];
  /** `$EXTMIN` and `$EXTMAX`. */
  readonly extents: readonly number[];
  readonly entities: Readonly<Record<string, number>>;
  readonly boxes: Readonly<Record<string, readonly (readonly unknown[])[]>>;
  readonly texts: readonly (readonly [layer: string, x: number, y: number, text: string])[];
  readonly circles: readonly (readonly [x: number, y: number])[];
  /** What a dimension is measured to be, and the texts that stand at it. */
  readonly measures: readonly (readonly [number, ...string[]])[];
};

const millimetres = 4;
const toleranceMm = 0.001;
/** A text of a DXF is never cut where it has fewer characters: none takes more than nine bytes. */
const shortenedFrom = 200;

export const judgeDxf = (ceiling: CorpusCeiling, seen: DxfSeen): readonly string[] => {
  const facts = layoutFacts(ceiling);
  return [
    ...seen.errors.map((error) => `audit: ${error}`),
    ...seen.fixes.map((fix) => `audit repairs: ${fix}`),
    ...(seen.units === millimetres ? [] : [`$INSUNITS is ${seen.units}`]),
    ...countProblems(facts, seen),
    ...(['CEILING_BOUNDARY', 'PERIMETER_GAP', 'PANELS'] as const).flatMap((layer) =>
      boxProblems({ what: layer, wanted: boxesOf(facts)[layer], found: seen.boxes[layer] ?? [], toleranceMm }),
    ),
    ...extentProblems(facts, seen),
    ...labelProblems(facts, seen),
    ...nodeProblems(facts, seen),
    ...measureProblems(facts, seen),
  ];
};

const boxesOf = ({ boundary, inset, panels }: LayoutFacts) => ({
  ...{ CEILING_BOUNDARY: [boundary], PERIMETER_GAP: [inset], PANELS: panels },
});

/** Three lines about the ceiling, and one about the material. */
const linesOf = ({ materialLine }: LayoutFacts): number => (materialLine === undefined ? 3 : 4);

export const wantedEntities = (facts: LayoutFacts): Readonly<Record<string, number>> => ({
  'CEILING_BOUNDARY/LWPOLYLINE': 1,
  'PERIMETER_GAP/LWPOLYLINE': 1,
  'PANELS/LWPOLYLINE': facts.panels.length,
  'ANNOTATIONS/TEXT': facts.panels.length + linesOf(facts),
  'DIMENSIONS/DIMENSION': facts.measures.length,
  ...(facts.nodes.length === 0
    ? {}
    : { 'SENSOR_NODES/CIRCLE': facts.nodes.length, 'SENSOR_NODES/TEXT': facts.nodes.length }),
});

const countProblems = (facts: LayoutFacts, { entities }: DxfSeen): readonly string[] => {
  const wanted = wantedEntities(facts);
  return [...new Set([...Object.keys(wanted), ...Object.keys(entities)])]
    .filter((name) => wanted[name] !== entities[name])
    .map((name) => `${entities[name] ?? 0} of ${name}, and not ${wanted[name] ?? 0}`);
};

/** The header speaks of all there is: of the ceiling at least. What nodes and lines of text add stands above and beside it. */
const extentProblems = ({ boundary, nodes }: LayoutFacts, { extents }: DxfSeen): readonly string[] => {
  const [minX = NaN, minY = NaN, maxX = NaN, maxY = NaN] = extents;
  const [, , length, width] = boundary;
  const beginsAtOrigin = nodes.length > 0 ? minX <= 0 && minY <= 0 : minX === 0 && minY === 0;
  const isWhole = maxX >= length - toleranceMm && maxY >= width - toleranceMm;
  return beginsAtOrigin && isWhole ? [] : [`$EXTMIN and $EXTMAX are ${JSON.stringify(extents)}`];
};

const labelProblems = (facts: LayoutFacts, { texts }: DxfSeen): readonly string[] => {
  const written = texts.filter(([layer]) => layer === 'ANNOTATIONS');
  const last = written.at(-1)?.[3] ?? '';
  return [
    ...labelsAside(facts.panels, written, toleranceMm),
    ...(facts.materialLine === undefined || sameText(facts.materialLine, last, { shortenedFrom })
      ? []
      : [`the material is ${JSON.stringify(last.slice(0, 200))}`]),
  ];
};

/** `P1` and so on, each in the middle of its panel. */
export const labelsAside = (
  panels: readonly Box[],
  texts: readonly (readonly [layer: string, x: number, y: number, text: string])[],
  tolerance: number,
): readonly string[] => {
  const differ = panels.findIndex(([x, y, length, width], index) => {
    const [, atX, atY, text] = texts[index] ?? ['', NaN, NaN, ''];
    const isThere = Math.abs(atX - x - length / 2) <= tolerance && Math.abs(atY - y - width / 2) <= tolerance;
    return !isThere || text !== `P${index + 1}`;
  });
  return differ === -1 ? [] : [`the label of panel ${differ + 1} is ${JSON.stringify(texts[differ])}`];
};

const nodeProblems = ({ nodes }: LayoutFacts, { circles, texts }: DxfSeen): readonly string[] => {
  const ids = texts.filter(([layer]) => layer === 'SENSOR_NODES');
  return nodes
    .filter(({ node_id, x, y }) => {
      const at = circles.findIndex(([atX, atY]) => Math.hypot(atX - x, atY - y) <= toleranceMm);
      return at === -1 || !sameText(node_id, ids[at]?.[3] ?? '', { shortenedFrom });
    })
    .map(({ node_id }) => `node ${JSON.stringify(node_id.slice(0, 80))} is not where it is`);
};

const measureProblems = ({ measures }: LayoutFacts, seen: DxfSeen): readonly string[] => {
  const found = seen.measures.toSorted(([one], [other]) => one - other);
  return measures.flatMap((wanted, index) => {
    const [measured = NaN, ...shown] = found[index] ?? [];
    const isRight =
      Math.abs(measured - wanted) <= toleranceMm && shown.length === 1 && Math.abs(Number(shown[0]) - wanted) <= 0.0501;
    return isRight ? [] : [`a dimension of ${wanted} is ${measured}, and shows ${shown.join(', ')}`];
  });
};
