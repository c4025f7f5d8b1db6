/** The box around a geometry, found in its bytes: no objects are made of them. */
import { countBytes, headerBytes, partHeaderBytes, pointBytes, sridFlag, viewOf } from './ewkb.ts';
import type { Box } from './geometry.ts';

/** Wider with every point, and how far reading came. */
type Growing = { west: number; south: number; east: number; north: number; at: number };

/** Of bytes that `refusalOf` lets pass; of others it means nothing, or throws a RangeError. */
export const boxOf = (ewkb: Uint8Array): Box => {
  const view = viewOf(ewkb);
  const code = view.getUint32(1, true) - sridFlag;
  const box = { west: Infinity, south: Infinity, east: -Infinity, north: -Infinity, at: headerBytes };
  if (code > 3) widenByParts(box, view, code - 3);
  else widen(box, view, code);
  // A zero has no sign here, whichever of two the bytes had first.
  return { west: box.west + 0, south: box.south + 0, east: box.east + 0, north: box.north + 0 };
};

const widenByParts = (box: Growing, view: DataView, partCode: number): void => {
  const count = view.getUint32(box.at, true);
  box.at += countBytes;
  for (let index = 0; index < count; index += 1) {
    box.at += partHeaderBytes;
    widen(box, view, partCode);
  }
};

/** A polygon is as wide as its outer ring: its holes are passed over, wherever they are. PostGIS does the same. */
const widen = (box: Growing, view: DataView, code: number): void => {
  const holes = code === 3 ? countAt(box, view) - 1 : 0;
  widenByPoints(box, view, code === 1 ? 1 : countAt(box, view));
  for (let hole = 0; hole < holes; hole += 1) {
    const points = countAt(box, view); // Before `at` is read, which it moves.
    box.at += points * pointBytes;
  }
};

const countAt = (box: Growing, view: DataView): number => {
  const count = view.getUint32(box.at, true);
  box.at += countBytes;
  return count;
};

const widenByPoints = (box: Growing, view: DataView, count: number): void => {
  let { west, south, east, north } = box;
  const end = box.at + count * pointBytes;
  for (let at = box.at; at < end; at += pointBytes) {
    const longitude = view.getFloat64(at, true);
    const latitude = view.getFloat64(at + 8, true);
    if (longitude < west) west = longitude;
    if (longitude > east) east = longitude;
    if (latitude < south) south = latitude;
    if (latitude > north) north = latitude;
  }
  box.west = west;
  box.south = south;
  box.east = east;
  box.north = north;
  box.at = end;
};
