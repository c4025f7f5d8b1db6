/** Lengths and distances in metres on the ellipsoid of WGS 84. */
import geodesic from 'geographiclib-geodesic';
import type { Position } from '../geometry.ts';

const { WGS84 } = geodesic.Geodesic;

/** Between two places: the shortest line on the ellipsoid (Karney, "Algorithms for geodesics", 2013), to some nanometres. */
export const distanceM = ([fromLon, fromLat]: Position, [toLon, toLat]: Position): number =>
  WGS84.Inverse(fromLat, fromLon, toLat, toLon).s12 ?? Number.NaN;

/** Of a line: the sum of its segments. */
export const lengthM = (line: readonly Position[]): number => {
  let total = 0;
  for (let index = 1; index < line.length; index += 1) {
    const [from, to] = [line[index - 1], line[index]];
    if (from !== undefined && to !== undefined) total += distanceM(from, to);
  }
  return total;
};
