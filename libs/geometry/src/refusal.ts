/** Why bytes are not a geometry that can be stored. Total: no bytes make it throw, and its work is bounded by their number. */
import {
  countBytes,
  headerBytes,
  kindOfCode,
  littleEndian,
  maxGeometryBytes,
  maxGeometryPoints,
  partCodeOf,
  partHeaderBytes,
  pointBytes,
  srid,
  sridFlag,
  viewOf,
} from './ewkb.ts';
import type { GeometryKind } from './geometry.ts';

/** Where reading stands: what is before `at` was found good. */
type Reading = { readonly view: DataView; at: number; points: number };
type Refusal = string | undefined;

/** `undefined` when `ewkb` is a geometry in the form of `ewkb.ts`, of this kind if one is given; else why it is not. */
export const refusalOf = (ewkb: Uint8Array, kind?: GeometryKind): Refusal => {
  if (ewkb.byteLength > maxGeometryBytes) return `${ewkb.byteLength} bytes, more than ${maxGeometryBytes}`;
  if (ewkb.byteLength < headerBytes) return 'it ends within its header';
  const view = viewOf(ewkb);
  if (view.getUint8(0) !== littleEndian) return 'not little-endian';
  const type = view.getUint32(1, true);
  const code = type - sridFlag;
  const found = kindOfCode(code);
  if (found === undefined)
    return `type 0x${type.toString(16)} is no two-dimensional geometry of a known kind with an SRID`;
  if (view.getUint32(5, true) !== srid) return `SRID ${view.getUint32(5, true)}, not ${srid}`;
  if (kind !== undefined && found !== kind) return `a ${found}, not a ${kind}`;
  const reading = { view, at: headerBytes, points: 0 };
  return bodyRefusal(reading, code) ?? trailingRefusal(reading);
};

const trailingRefusal = ({ view, at }: Reading): Refusal =>
  at === view.byteLength ? undefined : `${view.byteLength - at} bytes after its end`;

const bodyRefusal = (reading: Reading, code: number): Refusal => {
  switch (code) {
    case 1:
      return pointsRefusal(reading, 1);
    case 2:
      return lineRefusal(reading, 2, 'a line');
    case 3:
      return polygonRefusal(reading);
    default:
      return partsRefusal(reading, partCodeOf(code) ?? 0);
  }
};

const partsRefusal = (reading: Reading, partCode: number): Refusal => {
  const count = countOf(reading);
  if (count === undefined) return truncated;
  if (count === 0) return 'it has no parts';
  for (let index = 0; index < count; index += 1) {
    const { view, at } = reading;
    if (view.byteLength - at < partHeaderBytes) return truncated;
    if (view.getUint8(at) !== littleEndian) return `part ${index} is not little-endian`;
    if (view.getUint32(at + 1, true) !== partCode) return `part ${index} is not a plain ${kindOfCode(partCode)}`;
    reading.at += partHeaderBytes;
    const refusal = bodyRefusal(reading, partCode);
    if (refusal !== undefined) return `part ${index}: ${refusal}`;
  }
  return undefined;
};

const polygonRefusal = (reading: Reading): Refusal => {
  const rings = countOf(reading);
  if (rings === undefined) return truncated;
  if (rings === 0) return 'it has no rings';
  for (let ring = 0; ring < rings; ring += 1) {
    const start = reading.at + countBytes;
    const refusal = lineRefusal(reading, 4, 'a ring') ?? openRefusal(reading, start);
    if (refusal !== undefined) return `ring ${ring}: ${refusal}`;
  }
  return undefined;
};

const lineRefusal = (reading: Reading, fewest: number, what: string): Refusal => {
  const count = countOf(reading);
  if (count === undefined) return truncated;
  if (count < fewest) return `${what} of ${count} points, fewer than ${fewest}`;
  return pointsRefusal(reading, count);
};

/** Of the ring that was read last. Its first point is at `start`. */
const openRefusal = ({ view, at }: Reading, start: number): Refusal => {
  const end = at - pointBytes;
  const isClosed =
    view.getFloat64(start, true) === view.getFloat64(end, true) &&
    view.getFloat64(start + 8, true) === view.getFloat64(end + 8, true);
  return isClosed ? undefined : 'it does not end where it begins';
};

const pointsRefusal = (reading: Reading, count: number): Refusal => {
  const { view, at } = reading;
  // Before the loop, so that a count that lies costs nothing.
  if (count > (view.byteLength - at) / pointBytes) return truncated;
  reading.points += count;
  if (reading.points > maxGeometryPoints) return `more than ${maxGeometryPoints} points`;
  reading.at += count * pointBytes;
  for (let index = 0; index < count; index += 1) {
    const longitude = view.getFloat64(at + index * pointBytes, true);
    const latitude = view.getFloat64(at + index * pointBytes + 8, true);
    // NaN is within nothing. PostGIS writes it for an empty point.
    if (!(longitude >= -180 && longitude <= 180)) return `point ${index}: longitude ${longitude} is not within ±180`;
    if (!(latitude >= -90 && latitude <= 90)) return `point ${index}: latitude ${latitude} is not within ±90`;
  }
  return undefined;
};

const truncated = 'it ends too early';

const countOf = (reading: Reading): number | undefined => {
  const { view, at } = reading;
  if (view.byteLength - at < countBytes) return undefined;
  reading.at += countBytes;
  return view.getUint32(at, true);
};
