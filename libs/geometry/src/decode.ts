/** A geometry object of its bytes, for exports and answers. */
import { countBytes, headerBytes, kindOfCode, partHeaderBytes, pointBytes, sridFlag, viewOf } from './ewkb.ts';
import type { Geometry, GeometryKind, GeometryOf, Position } from './geometry.ts';

type Reading = { readonly view: DataView; at: number };

/**
 * Of bytes that `refusalOf` lets pass; of others it throws an Error, or makes a geometry that nobody meant.
 * @throws Error when it is not of the kind that is asked for.
 */
export const decodeGeometry = <Kind extends GeometryKind>(ewkb: Uint8Array, asked?: Kind): GeometryOf<Kind> => {
  const geometry = decoded(ewkb);
  if (asked !== undefined && geometry.type !== asked) throw new Error(`A ${geometry.type} is no ${asked}`);
  return geometry as GeometryOf<Kind>; // As was just seen; of any kind, where none is asked for.
};

const decoded = (ewkb: Uint8Array): Geometry => {
  const reading = { view: viewOf(ewkb), at: headerBytes };
  const type = reading.view.getUint32(1, true);
  const kind = kindOfCode(type - sridFlag);
  switch (kind) {
    case 'Point':
      return { type: kind, coordinates: position(reading) };
    case 'LineString':
      return { type: kind, coordinates: many(reading, position) };
    case 'Polygon':
      return { type: kind, coordinates: polygon(reading) };
    case 'MultiPoint':
      return { type: kind, coordinates: many(reading, part(position)) };
    case 'MultiLineString':
      return { type: kind, coordinates: many(reading, part(line)) };
    case 'MultiPolygon':
      return { type: kind, coordinates: many(reading, part(polygon)) };
    case undefined:
      throw new Error(`Bytes of type 0x${type.toString(16)} are no geometry of ours.`);
  }
};

const many = <T>(reading: Reading, one: (reading: Reading) => T): readonly T[] => {
  const count = reading.view.getUint32(reading.at, true);
  reading.at += countBytes;
  const read: T[] = [];
  for (let index = 0; index < count; index += 1) read.push(one(reading));
  return read;
};

const position = (reading: Reading): Position => {
  const { view, at } = reading;
  reading.at += pointBytes;
  return [view.getFloat64(at, true), view.getFloat64(at + 8, true)];
};

const line = (reading: Reading): readonly Position[] => many(reading, position);
const polygon = (reading: Reading): readonly (readonly Position[])[] => many(reading, line);

const part =
  <T>(body: (reading: Reading) => T) =>
  (reading: Reading): T => {
    reading.at += partHeaderBytes;
    return body(reading);
  };
