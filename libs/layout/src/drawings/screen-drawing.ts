/** The picture for a screen: colours, and a few lines of text over the ceiling's upper left corner. */
import type { Drawing, Layer, Text } from '@plenum/drawing';
import { fixed } from '../figures.ts';
import { type Drawn, inset, labelsOn, outline, panelsOn, rectangle, textAt } from './drawn.ts';

/** Layers are the classes that the picture has always had. */
const layers: readonly Layer[] = [
  { name: 'CEILING', colorIndex: 7, stroke: '#333333', strokeWidth: 3, fill: '#f0f0f0' },
  { name: 'GAP', colorIndex: 2, stroke: '#999999', strokeWidth: 0.75, dash: [10, 5] },
  { name: 'PANEL', colorIndex: 1, stroke: '#0066cc', strokeWidth: 1.5, fill: '#e8f4f8' },
  { name: 'TEXT_SMALL', colorIndex: 3, stroke: '#333333', strokeWidth: 1 },
  { name: 'TEXT', colorIndex: 3, stroke: '#333333', strokeWidth: 1 },
];

/** A capital letter of Arial is so much of its size (its sCapHeight, 1467 of 2048). */
const capital = 0.716;

export const screenDrawing = (drawn: Drawn): Drawing => ({
  title: drawn.title,
  layers,
  shapes: [
    rectangle('CEILING', outline(drawn.ceiling)),
    rectangle('GAP', inset(drawn.ceiling)),
    ...panelsOn('PANEL', drawn),
    ...labelsOn('TEXT_SMALL', drawn, 30 * capital),
    ...annotationsOf(drawn),
  ],
});

/** What of the picture is shown, and which of its layers belong together: the ceiling to its edges, nothing around it. */
export const screenView = ({ ceiling }: Pick<Drawn, 'ceiling'>) => ({
  page: { width: ceiling.length_mm, height: ceiling.width_mm },
  groups: [
    { id: 'panels', layers: ['PANEL', 'TEXT_SMALL'] },
    { id: 'annotations', layers: ['TEXT'] },
  ],
});

/** 50 to the right, and 100 and more down from the ceiling's upper edge. */
const annotationsOf = ({ ceiling, layout, material }: Drawn): readonly Text[] => {
  const { panel_width_mm: panelWidth, panel_length_mm: panelLength } = layout;
  const grid = `${layout.panels_per_row}x${layout.panels_per_column}`;
  const lines = [
    `Ceiling: ${ceiling.length_mm}mm x ${ceiling.width_mm}mm`,
    `Panels: ${fixed(panelWidth, 0)}mm x ${fixed(panelLength, 0)}mm (${grid})`,
    `Gap: ${ceiling.panel_gap_mm}mm | Perimeter: ${ceiling.perimeter_gap_mm}mm`,
    ...(material === undefined ? [] : [`Material: ${material.name} - ${material.color}`]),
  ];
  return lines.map((line, index) => ({
    ...textAt('TEXT', { x: 50, y: ceiling.width_mm - 100 - 80 * index }, 50 * capital, line),
    ...(index === 0 ? { bold: true } : {}),
  }));
};
