import { type Point, type Shape, Unreadable } from '@plenum/drawing';
import { decode, type Outline, outlineOf } from './groups.ts';
import { parseString, type ReadDxf, type ReadEntity } from './reader.ts';
import { unescapeText } from './text.ts';

export type DxfFound = {
  /** As `$ACADVER` says it. */
  readonly version: string;
  /** `$INSUNITS`; 4 is millimetres. */
  readonly units: number | undefined;
  /** `$MEASUREMENT`; 1 is metric. */
  readonly measurement: number | undefined;
  /** Layers but `0`, which every file has. */
  readonly layers: readonly string[];
  readonly styles: readonly LayerStyle[];
  readonly shapes: readonly Shape[];
  /** What the blocks of dimensions show, in the order of the dimensions. */
  readonly pictures: readonly DimensionPicture[];
};

export type LayerStyle = {
  readonly name: string;
  readonly colorIndex: number | undefined;
  readonly dash: readonly number[] | undefined;
};

export type DimensionPicture = {
  readonly lines: readonly Shape[];
  readonly text: string;
  readonly at: Point;
  readonly degrees: number;
};

/**
 * What a DXF file holds that was written by `writeDxf`.
 *
 * @throws Unreadable when it holds anything else, or is damaged.
 */
export const readDxf = (bytes: Uint8Array): DxfFound => {
  const text = decode(bytes);
  const outline = outlineOf(text);
  const read = parsed(text);
  checkCounts(outline, read);
  const blocks = new Map(read.blocks.map(({ name, entities = [] }) => [name, entities]));
  const layers = Object.keys(read.tables.layers).filter((name) => name !== '0');
  const dimensions = read.entities.filter(({ type }) => type === 'DIMENSION');
  return {
    version: outline.header.get('ACADVER')?.[0]?.[1] ?? '',
    units: read.header.insUnits,
    measurement: read.header.measurement,
    layers,
    styles: layers.map((name) => styleOf(read, name)),
    shapes: read.entities.map((entity) => shapeOf(entity, blocks)),
    pictures: dimensions.map(({ block }) => pictureOf(blocks.get(block) ?? [])),
  };
};

type Blocks = ReadonlyMap<string | undefined, readonly ReadEntity[]>;

const parsed = (text: string): ReadDxf => {
  try {
    return parseString(text);
  } catch (error) {
    throw new Unreadable(`not DXF: ${String(error)}`);
  }
};

/** `dxf` leaves out what it has no handler for. */
const checkCounts = ({ sections }: Outline, read: ReadDxf): void => {
  const entities = (sections.get('ENTITIES')?.length ?? 0) - 1;
  if (entities !== read.entities.length)
    throw new Unreadable(`${read.entities.length} of ${entities} entities are known`);
  const records = sections.get('BLOCKS')?.slice(1) ?? [];
  const inBlocks = records.filter(([type]) => type?.[1] !== 'BLOCK' && type?.[1] !== 'ENDBLK').length;
  const known = read.blocks.reduce((sum, block) => sum + (block.entities?.length ?? 0), 0);
  if (inBlocks !== known) throw new Unreadable(`${known} of ${inBlocks} entities in blocks are known`);
};

const styleOf = ({ tables }: ReadDxf, name: string): LayerStyle => {
  const { colorNumber, lineTypeName = '' } = tables.layers[name] ?? {};
  const pattern = tables.ltypes[lineTypeName]?.pattern ?? [];
  const dash = pattern.length === 0 ? undefined : pattern.map(({ length }) => Math.abs(length));
  return { name, colorIndex: colorNumber, dash };
};

const shapeOf = (entity: ReadEntity, blocks: Blocks): Shape => {
  const { type, layer = '' } = entity;
  switch (type) {
    case 'LWPOLYLINE':
      if (entity.closed !== true) throw new Unreadable('a polyline that is open');
      return { kind: 'polygon', layer, points: (entity.vertices ?? []).map(pointOf) };
    case 'LINE':
      return { kind: 'line', layer, from: pointOf(entity.start), to: pointOf(entity.end) };
    case 'CIRCLE':
      return { kind: 'circle', layer, center: pointOf(entity), radius: number(entity.r) };
    case 'TEXT':
      return {
        ...{ kind: 'text', layer, align: alignOf(entity), at: pointOf(entity) },
        ...{ height: number(entity.textHeight), text: unescapeText(entity.string ?? '') },
      };
    case 'DIMENSION':
      return dimensionOf(entity, layer, blocks);
    default:
      throw new Unreadable(`an entity ${type}`);
  }
};

/** Centred both ways by 72 and 73, about a point that is said twice; at the left end of its baseline without either. */
const alignOf = ({ x, y, x2, y2, hAlign = 0, vAlign = 0, rotation = 0 }: ReadEntity): 'start' | 'middle' => {
  if (rotation === 0 && hAlign === 0 && vAlign === 0) return 'start';
  if (rotation === 0 && hAlign === 1 && vAlign === 2 && x2 === x && y2 === y) return 'middle';
  throw new Unreadable(`a text aligned by ${hAlign} and ${vAlign}, turned by ${rotation}`);
};

/** Where its line runs is said by a point on it, at the end of the second extension line. */
const dimensionOf = (entity: ReadEntity, layer: string, blocks: Blocks): Shape => {
  const [from, to, on] = [pointOf(entity.measureStart), pointOf(entity.measureEnd), pointOf(entity.start)];
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const offset = ((on.x - to.x) * (from.y - to.y) + (on.y - to.y) * (to.x - from.x)) / length;
  const text = blocks.get(entity.block)?.find(({ type }) => type === 'TEXT');
  if (text === undefined) throw new Unreadable(`a dimension without its block ${entity.block ?? ''}`);
  return { kind: 'dimension', layer, from, to, offset, height: number(text.textHeight) };
};

/** Its text runs along it, and so may be turned. */
const centred = (text: ReadEntity): ReadEntity => {
  if (alignOf({ ...text, rotation: 0 }) === 'middle') return text;
  throw new Unreadable("a dimension's text that is not in the middle of its place");
};

const pictureOf = (entities: readonly ReadEntity[]): DimensionPicture => {
  const [text, ...others] = entities.filter(({ type }) => type === 'TEXT');
  const lines = entities.filter(({ type }) => type !== 'TEXT');
  if (text === undefined || others.length > 0) throw new Unreadable('a dimension without its one text');
  return {
    lines: lines.map((line) => shapeOf(line, new Map())),
    ...{ text: centred(text).string ?? '', at: pointOf(text), degrees: number(text.rotation) },
  };
};

const pointOf = (point: { readonly x?: number; readonly y?: number } | undefined): Point => ({
  x: number(point?.x),
  y: number(point?.y),
});

const number = (value: number | undefined): number => {
  if (value === undefined || !Number.isFinite(value)) throw new Unreadable('an entity without one of its numbers');
  return value;
};
