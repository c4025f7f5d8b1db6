/** The plan that CAD programs open and that is printed: panels inside the ceiling, with dimensions and sensor nodes. */
import type { Circle, Drawing, Layer, Shape, Text } from '@plenum/drawing';
import { fixed } from '../figures.ts';
import { dimensionsOn } from './dimensions.ts';
import { type Drawn, inset, labelsOn, outline, panelsOn, rectangle, textAt } from './drawn.ts';

/** By their names, which drawings have always had but for the last two. */
export const planLayers = {
  boundary: 'CEILING_BOUNDARY',
  perimeter: 'PERIMETER_GAP',
  panels: 'PANELS',
  annotations: 'ANNOTATIONS',
  dimensions: 'DIMENSIONS',
  nodes: 'SENSOR_NODES',
} as const;

/** `isCaptioned`: with lines of text above it that say what it is, which a sheet says in its title block. */
export const planDrawing = (drawn: Drawn, { isCaptioned = true } = {}): Drawing => {
  const { ceiling, layout, title } = drawn;
  const { boundary, perimeter, panels, annotations, dimensions } = planLayers;
  return {
    title,
    layers: layersOf(drawn),
    shapes: [
      rectangle(boundary, outline(ceiling)),
      rectangle(perimeter, inset(ceiling)),
      ...panelsOn(panels, drawn),
      ...labelsOn(annotations, drawn, Math.min(50, layout.panel_width_mm / 10)),
      ...(isCaptioned ? linesOf(drawn) : []),
      ...dimensionsOn(dimensions, drawn, textHeightOf(drawn)),
      ...nodesOf(drawn),
    ],
  };
};

/** Lines as wide as they look right where the whole plan is on a sheet: the boundary a third of a millimetre on A4. */
const layersOf = ({ ceiling }: Drawn): readonly Layer[] => {
  const width = Math.max(ceiling.length_mm, ceiling.width_mm) / 600;
  const { boundary, perimeter, panels, annotations, dimensions, nodes } = planLayers;
  return [
    { name: boundary, colorIndex: 7, stroke: '#333333', strokeWidth: width },
    {
      ...{ name: perimeter, colorIndex: 2, stroke: '#999999', strokeWidth: 0.3 * width },
      dash: [4 * width, 2 * width],
    },
    { name: panels, colorIndex: 1, stroke: '#0066cc', strokeWidth: 0.6 * width },
    { name: annotations, colorIndex: 3, stroke: '#333333', strokeWidth: 0.3 * width },
    { name: dimensions, colorIndex: 4, stroke: '#555555', strokeWidth: 0.3 * width },
    { name: nodes, colorIndex: 6, stroke: '#cc3300', strokeWidth: 0.6 * width },
  ];
};

/**
 * Of dimensions and node ids: so high that they are read where the whole plan is on a sheet, 83 mm for a ceiling of 4800 by
 * 3600. By the ceiling's area and not by its longer side, or they would be higher than a narrow ceiling is wide.
 */
const textHeightOf = ({ ceiling }: Drawn): number => Math.sqrt(ceiling.length_mm * ceiling.width_mm) / 50;

/** What the ceiling is, above it. The places and the height are those that drawings have always had. */
const linesOf = ({ ceiling, layout, material }: Drawn): readonly Text[] => {
  const lines = [
    `Ceiling: ${ceiling.length_mm}mm x ${ceiling.width_mm}mm`,
    `Panels: ${layout.total_panels} (${layout.panels_per_row}x${layout.panels_per_column})`,
    `Panel Size: ${fixed(layout.panel_width_mm, 1)}mm x ${fixed(layout.panel_length_mm, 1)}mm`,
    ...(material === undefined ? [] : [`Material: ${material.name} - ${material.color}`]),
  ];
  return lines.map((line, index) =>
    textAt(planLayers.annotations, { x: 0, y: ceiling.width_mm + 100 * (index + 1) }, 80, line),
  );
};

/** A circle for each node and its id beside it, by id: nodes listed in another order give the same drawing. */
const nodesOf = (drawn: Drawn): readonly Shape[] => {
  const { length_mm, width_mm } = drawn.ceiling;
  const height = 0.6 * textHeightOf(drawn);
  return (drawn.nodes ?? [])
    .filter(({ x, y }) => x >= 0 && x <= length_mm && y >= 0 && y <= width_mm)
    .toSorted((one, other) => (one.node_id < other.node_id ? -1 : 1))
    .flatMap(({ node_id, x, y }): readonly [Circle, Text] => [
      { kind: 'circle', layer: planLayers.nodes, center: { x, y }, radius: height },
      textAt(planLayers.nodes, { x: x + 1.5 * height, y: y - 0.5 * height }, height, node_id),
    ]);
};
