import type { Point, Polygon, Text } from '@plenum/drawing';
import type { Material } from '../materials/material.ts';
import type { PanelLayout } from '../panels/panel-layout.ts';
import { type Ceiling, panelPlaces } from '../panels/panel-places.ts';

/** What is drawn. The origin is the ceiling's lower left corner, its length along x and its width along y (up). */
export type Drawn = {
  readonly title: string;
  readonly ceiling: Ceiling;
  readonly layout: PanelLayout;
  readonly material?: Pick<Material, 'name' | 'color'>;
  /** Sensor nodes by their places in the ceiling, in millimetres. What lies outside of it is not drawn. */
  readonly nodes?: readonly NodePlace[];
};

export type NodePlace = { readonly node_id: string; readonly x: number; readonly y: number };

export type Rectangle = {
  readonly x: number;
  readonly y: number;
  readonly length_mm: number;
  readonly width_mm: number;
};

export const rectangle = (layer: string, { x, y, length_mm, width_mm }: Rectangle): Polygon => ({
  ...{ kind: 'polygon', layer },
  points: [
    { x, y },
    { x: x + length_mm, y },
    { x: x + length_mm, y: y + width_mm },
    { x, y: y + width_mm },
  ],
});

export const outline = ({ length_mm, width_mm }: Ceiling): Rectangle => ({ x: 0, y: 0, length_mm, width_mm });

/** What is inside the perimeter gap. */
export const inset = ({ length_mm, width_mm, perimeter_gap_mm: gap }: Ceiling): Rectangle => ({
  ...{ x: gap, y: gap },
  ...{ length_mm: length_mm - 2 * gap, width_mm: width_mm - 2 * gap },
});

/** One rectangle for each panel, by number. */
export const panelsOn = (layer: string, { ceiling, layout }: Drawn): readonly Polygon[] =>
  [...panelPlaces(ceiling, layout)].map((place) => rectangle(layer, place));

/** `P1` and so on, each in the middle of its panel. */
export const labelsOn = (layer: string, { ceiling, layout }: Drawn, height: number): readonly Text[] =>
  [...panelPlaces(ceiling, layout)].map(({ number, x, y, length_mm, width_mm }) => ({
    ...{ kind: 'text', layer, align: 'middle', height },
    at: { x: x + length_mm / 2, y: y + width_mm / 2 },
    text: `P${number}`,
  }));

/** Lines of text from a baseline's left end. */
export const textAt = (layer: string, at: Point, height: number, text: string): Text => ({
  ...{ kind: 'text', layer, align: 'start', at, height, text },
});
