/**
 * What we use of dxf-writer. Its package declares types for the drawing alone, and neither for the classes that a DIMENSION is
 * made of, nor for the counter that handles come from.
 */
import { createRequire } from 'node:module';

/** Takes group codes and their values, in their order. */
export type Tags = {
  readonly push: (code: number, value: string | number) => void;
  readonly point: (x: number, y: number, z?: number) => void;
};

/** Whatever has a handle. */
export type Entity = {
  readonly handle: string;
  ownerObjectHandle: string;
  layer?: WriterLayer;
  readonly tags: (tags: Tags) => void;
};

type WriterLayer = { readonly name: string; readonly addShape: (entity: Entity) => void };

type Table = { readonly handle: string; readonly add: (entity: Entity) => void; readonly elements: readonly Entity[] };

export type WriterDrawing = {
  readonly layers: Record<string, WriterLayer>;
  readonly blocks: Record<string, Entity>;
  readonly tables: { readonly STYLE: Table; readonly DIMSTYLE: Table };
  readonly setUnits: (unit: 'Millimeters') => void;
  readonly header: (name: string, values: readonly (readonly [code: number, value: string | number])[]) => void;
  readonly addLineType: (name: string, description: string, elements: readonly number[]) => void;
  readonly addLayer: (name: string, colorIndex: number, lineType: string) => void;
  readonly toDxfString: () => string;
};

const require = createRequire(import.meta.url);

/** Its modules export these, as its sources say. */
export const Drawing = require('dxf-writer') as new () => WriterDrawing;
export const DatabaseObject = require('dxf-writer/src/DatabaseObject') as new (subclasses: readonly string[]) => Entity;
export const Polyline = require('dxf-writer/src/Polyline') as new (
  points: readonly (readonly [x: number, y: number])[],
  closed: boolean,
) => Entity;
export const Line = require('dxf-writer/src/Line') as new (x1: number, y1: number, x2: number, y2: number) => Entity;
export const Circle = require('dxf-writer/src/Circle') as new (x: number, y: number, radius: number) => Entity;
type TextArguments = [
  ...[x: number, y: number, height: number, degrees: number, text: string],
  ...[horizontal: 'left' | 'center', vertical: 'baseline' | 'middle'],
];
export const Text = require('dxf-writer/src/Text') as new (...values: TextArguments) => Entity;

/** Handles are counted for all drawings of the process: who writes one starts anew, and is done before anybody else begins. */
export const Handle = require('dxf-writer/src/Handle') as { seed: number };
