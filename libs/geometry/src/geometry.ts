/** What a place looks like: the geometry objects of GeoJSON (RFC 7946) with two coordinates, and no collections. */

/** Degrees in EPSG:4326: longitude, then latitude. */
export type Position = readonly [longitude: number, latitude: number];

export type Geometry =
  | { readonly type: 'Point'; readonly coordinates: Position }
  | { readonly type: 'LineString'; readonly coordinates: readonly Position[] }
  /** Rings: the outer one, then the holes. Each ends where it begins. */
  | { readonly type: 'Polygon'; readonly coordinates: readonly (readonly Position[])[] }
  | { readonly type: 'MultiPoint'; readonly coordinates: readonly Position[] }
  | { readonly type: 'MultiLineString'; readonly coordinates: readonly (readonly Position[])[] }
  | { readonly type: 'MultiPolygon'; readonly coordinates: readonly (readonly (readonly Position[])[])[] };

export type GeometryKind = Geometry['type'];

export type GeometryOf<Kind extends GeometryKind> = Extract<Geometry, { readonly type: Kind }>;

/** The smallest box around a geometry, in degrees. It never crosses the antimeridian: `west` is not above `east`. */
export type Box = { readonly west: number; readonly south: number; readonly east: number; readonly north: number };
