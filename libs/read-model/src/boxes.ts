/** Searching geometry by boxes, in SQL that is the same with PostGIS and without. */
import type { Box } from '@plenum/geometry';
import type { Binder } from './sql.ts';

/** The column beside a geometry column that holds its box; queries find it under this name. */
export const boxColumn = (name: string): string => `${name}_box`;

/** SQL for: the geometry in this column (`f.geom`) reaches into the box, its edges included, as far as its own box says. */
export const reachesInto = (column: string, box: Box, bind: Binder['bind']): string => {
  const corner = (longitude: number, latitude: number): string =>
    `point(${bind(longitude)}::float8, ${bind(latitude)}::float8)`;
  return `${boxColumn(column)} && box(${corner(box.west, box.south)}, ${corner(box.east, box.north)})`;
};

/** SQL for the bytes of a geometry, whichever way it is stored: EWKB, which `Sql` gives as a Uint8Array. */
export const geometryBytes = (column: string): string => `plenum.ewkb(${column})`;
