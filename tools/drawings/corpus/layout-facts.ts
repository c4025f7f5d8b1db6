/** What must be seen in every drawing of a ceiling: from the numbers of its layout, and from no drawing. */
import type { CorpusCeiling } from './ceilings.ts';

/** Lower left corner and sides, in millimetres, y up. */
export type Box = readonly [x: number, y: number, length: number, width: number];

export type LayoutFacts = {
  readonly boundary: Box;
  /** What is inside the perimeter gap. */
  readonly inset: Box;
  /** By number. */
  readonly panels: readonly Box[];
  /** Distances that the plan's dimensions show, in their order. */
  readonly measures: readonly number[];
  /** Inside the ceiling. */
  readonly nodes: readonly { readonly node_id: string; readonly x: number; readonly y: number }[];
  readonly materialLine: string | undefined;
};

export const layoutFacts = ({ ceiling, layout, material, nodes }: CorpusCeiling): LayoutFacts => {
  const { length_mm: length, width_mm: width, perimeter_gap_mm: edge, panel_gap_mm: gap } = ceiling;
  const { panel_length_mm: along, panel_width_mm: across, panels_per_column, panels_per_row } = layout;
  const panels = Array.from({ length: panels_per_column * panels_per_row }, (_, index): Box => {
    const column = Math.floor(index / panels_per_row);
    const row = index - column * panels_per_row;
    return [edge + column * (along + gap), edge + row * (across + gap), along, across];
  });
  return {
    boundary: [0, 0, length, width],
    inset: [edge, edge, length - 2 * edge, width - 2 * edge],
    panels,
    measures: [
      ...[length, width, along, across],
      ...(edge >= hairline ? [edge] : []),
      ...(gap >= hairline && panels.length > 1 ? [gap] : []),
    ].toSorted((one, other) => one - other),
    nodes: nodes.filter(({ x, y }) => x >= 0 && x <= length && y >= 0 && y <= width),
    materialLine: material === undefined ? undefined : `Material: ${material.name} - ${material.color}`,
  };
};

/** A gap below a hundredth of a millimetre has no dimension. */
const hairline = 0.01;
