import type { Bounds, Drawing } from '@plenum/drawing';
import { reachOf } from './reach.ts';

/** Pixels for a millimetre of what is drawn. */
export const scales = { screen: 0.5, print: 0.352, high_res: 0.705 } as const;

export type SvgOptions = {
  /** `screen` without it. A number of one's own is above 0 and at most 100. */
  readonly scale?: keyof typeof scales | number;
  /** What is shown, in millimetres from the origin. As far as the drawing reaches without it. */
  readonly page?: { readonly width: number; readonly height: number };
  /** Which layers stand in one group, by its id. Each layer is a group of its own without it. */
  readonly groups?: readonly SvgGroup[];
};

export type SvgGroup = { readonly id: string; readonly layers: readonly string[] };

export const scaleOf = ({ scale = 'screen' }: SvgOptions): number => {
  const pixels = typeof scale === 'number' ? scale : scales[scale];
  if (!(pixels > 0 && pixels <= 100)) throw new RangeError(`a scale of ${pixels}, and not above 0 and at most 100`);
  return pixels;
};

/**
 * What is shown. SVG's y goes down: it is turned about the middle of this, so that the frame is the same in both, and where y
 * starts at 0, it is the height less y.
 */
export const frameOf = (drawing: Drawing, { page }: SvgOptions): Bounds => {
  if (page === undefined) return reachOf(drawing);
  if (!(page.width > 0 && page.height > 0)) throw new RangeError(`a page of ${page.width} by ${page.height} mm`);
  return { minX: 0, minY: 0, maxX: page.width, maxY: page.height };
};

export const groupsOf = ({ layers }: Drawing, { groups }: SvgOptions): readonly SvgGroup[] =>
  groups ?? layers.map(({ name }) => ({ id: classOf(name), layers: [name] }));

export const classOf = (layer: string): string => layer.toLowerCase().replaceAll('_', '-');
