/**
 * Well-known bytes of other programs in our form. QGIS and PostGIS send EWKB or ISO WKB in either byte order, GeoPackage a header
 * of its own before ISO WKB. What has no SRID is taken for EPSG:4326; what has another is refused, for nothing is reprojected here.
 */
import { encodeGeometry } from './encode.ts';
import { kindOfCode, maxGeometryBytes, maxGeometryPoints, partCodeOf, srid, sridFlag, viewOf } from './ewkb.ts';
import type { Accepted, Heights } from './from-geo-json.ts';
import { geoPackageBody } from './geo-package.ts';
import type { Geometry, GeometryKind, Position } from './geometry.ts';
import { refusalOf } from './refusal.ts';

/** Total: no bytes make it throw. */
export const canonicalEwkb = (
  bytes: Uint8Array,
  { kind, heights = 'refuse' }: { readonly kind?: GeometryKind; readonly heights?: Heights } = {},
): Accepted => {
  // With heights and measures a geometry that we can hold takes twice its bytes, with little more before it.
  if (bytes.byteLength > 2 * maxGeometryBytes + 1024) return { refusal: `${bytes.byteLength} bytes are too many` };
  const body = geoPackageBody(bytes);
  if (typeof body === 'string') return { refusal: body };
  try {
    const reading: Reading = { view: viewOf(body), at: 0, heights, points: 0 };
    const geometry = readGeometry(reading);
    if (reading.at < body.byteLength) return { refusal: `${body.byteLength - reading.at} bytes after its end` };
    const ewkb = encodeGeometry(geometry);
    const refusal = refusalOf(ewkb, kind);
    return refusal === undefined ? { ewkb } : { refusal };
  } catch (error) {
    if (error instanceof Unreadable) return { refusal: error.message };
    if (error instanceof RangeError) return { refusal: 'it ends too early' }; // A DataView says so.
    throw error;
  }
};

/** Stays in this file. */
class Unreadable extends Error {}

type Reading = { readonly view: DataView; readonly heights: Heights; at: number; points: number };

/** One byte order, and so many numbers a point: each part has a header, and may have its own. */
type Header = { readonly code: number; readonly isLittle: boolean; readonly ordinates: number };

const heightFlag = 0x8000_0000;
const measureFlag = 0x4000_0000;

const readHeader = (reading: Reading): Header => {
  const { view } = reading;
  const order = view.getUint8(reading.at);
  if (order > 1) throw new Unreadable(`byte order ${order}`);
  const isLittle = order === 1;
  const type = view.getUint32(reading.at + 1, isLittle);
  reading.at += 5;
  if ((type & sridFlag) !== 0) {
    const found = view.getUint32(reading.at, isLittle);
    if (found !== srid) throw new Unreadable(`SRID ${found}, not ${srid}`);
    reading.at += 4;
  }
  // ISO counts in thousands what EWKB says by flags.
  const plain = type & 0x1fff_ffff;
  const thousands = Math.floor(plain / 1000);
  const code = plain % 1000;
  if (thousands > 3 || kindOfCode(code) === undefined)
    throw new Unreadable(`type ${plain} is no kind of geometry we keep`);
  const hasHeight = (type & heightFlag) !== 0 || thousands === 1 || thousands === 3;
  const hasMeasure = (type & measureFlag) !== 0 || thousands >= 2;
  if ((hasHeight || hasMeasure) && reading.heights === 'refuse') {
    throw new Unreadable(`it has ${hasHeight ? 'heights' : 'measures'}, which are not kept`);
  }
  return { code, isLittle, ordinates: 2 + Number(hasHeight) + Number(hasMeasure) };
};

const readGeometry = (reading: Reading): Geometry => {
  const header = readHeader(reading);
  const partCode = partCodeOf(header.code);
  const coordinates =
    partCode === undefined
      ? readBody(reading, header)
      : readMany(reading, header, () => {
          const part = readHeader(reading);
          if (part.code !== partCode) throw new Unreadable(`a part is not a ${kindOfCode(partCode)}`);
          return readBody(reading, part);
        });
  // Nested as deep as the kind's coordinates are, which the compiler cannot count.
  return { type: kindOfCode(header.code), coordinates } as Geometry;
};

/** The coordinates of a Point, LineString or Polygon. */
const readBody = (reading: Reading, header: Header): unknown => {
  const readPoint = (): Position => readPosition(reading, header);
  const readLine = (): readonly Position[] => readMany(reading, header, readPoint);
  if (header.code === 1) return readPoint();
  return header.code === 2 ? readLine() : readMany(reading, header, readLine);
};

const readMany = <T>(reading: Reading, { isLittle }: Header, readOne: () => T): readonly T[] => {
  const count = reading.view.getUint32(reading.at, isLittle);
  reading.at += 4;
  const read: T[] = [];
  // A count that lies ends with the bytes: each item takes at least four.
  for (let index = 0; index < count; index += 1) read.push(readOne());
  return read;
};

const readPosition = (reading: Reading, { isLittle, ordinates }: Header): Position => {
  reading.points += 1;
  if (reading.points > maxGeometryPoints) throw new Unreadable(`more than ${maxGeometryPoints} points`);
  const { view, at } = reading;
  reading.at += ordinates * 8;
  if (reading.at > view.byteLength) throw new Unreadable('it ends too early');
  return [view.getFloat64(at, isLittle) + 0, view.getFloat64(at + 8, isLittle) + 0]; // A zero loses its sign.
};
