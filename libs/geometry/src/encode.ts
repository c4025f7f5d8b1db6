/** The bytes of a geometry object, in the form of `ewkb.ts`. */
import { kindCodes, littleEndian, srid, sridFlag, viewOf } from './ewkb.ts';
import type { Geometry, GeometryKind, Position } from './geometry.ts';

/** Undone by `decodeGeometry`. It writes what it is given: whether that can be stored is what `refusalOf` says of the bytes. */
export const encodeGeometry = (geometry: Geometry): Uint8Array => {
  const measured = { view: undefined, at: 0 };
  writeGeometry(measured, geometry);
  const bytes = new Uint8Array(measured.at);
  writeGeometry({ view: viewOf(bytes), at: 0 }, geometry);
  return bytes;
};

/** Without a view it only moves on, which tells how many bytes it takes. */
type Writing = { readonly view: DataView | undefined; at: number };

const writeGeometry = (writing: Writing, geometry: Geometry): void => {
  writeByte(writing, littleEndian);
  writeUint32(writing, kindCodes[geometry.type] + sridFlag);
  writeUint32(writing, srid);
  switch (geometry.type) {
    case 'Point':
      writePosition(writing, geometry.coordinates);
      break;
    case 'LineString':
      writeLine(writing, geometry.coordinates);
      break;
    case 'Polygon':
      writePolygon(writing, geometry.coordinates);
      break;
    case 'MultiPoint':
      writeMany(writing, geometry.coordinates, part('Point', writePosition));
      break;
    case 'MultiLineString':
      writeMany(writing, geometry.coordinates, part('LineString', writeLine));
      break;
    case 'MultiPolygon':
      writeMany(writing, geometry.coordinates, part('Polygon', writePolygon));
  }
};

type Write<T> = (writing: Writing, item: T) => void;

const part =
  <T>(kind: GeometryKind, writeBody: Write<T>): Write<T> =>
  (writing, body) => {
    writeByte(writing, littleEndian);
    writeUint32(writing, kindCodes[kind]);
    writeBody(writing, body);
  };

const writeMany = <T>(writing: Writing, items: readonly T[], writeOne: Write<T>): void => {
  writeUint32(writing, items.length);
  for (const item of items) writeOne(writing, item);
};

const writePolygon = (writing: Writing, rings: readonly (readonly Position[])[]): void =>
  writeMany(writing, rings, writeLine);

const writeLine = (writing: Writing, line: readonly Position[]): void => writeMany(writing, line, writePosition);

const writePosition = (writing: Writing, [longitude, latitude]: Position): void => {
  writing.view?.setFloat64(writing.at, longitude, true);
  writing.view?.setFloat64(writing.at + 8, latitude, true);
  writing.at += 16;
};

const writeByte = (writing: Writing, value: number): void => {
  writing.view?.setUint8(writing.at, value);
  writing.at += 1;
};

const writeUint32 = (writing: Writing, value: number): void => {
  writing.view?.setUint32(writing.at, value, true);
  writing.at += 4;
};
