export { boxOf } from './box.ts';
export { canonicalEwkb } from './canonical.ts';
export { decodeGeometry } from './decode.ts';
export { encodeGeometry } from './encode.ts';
export { maxGeometryBytes, maxGeometryPoints } from './ewkb.ts';
export { type Accepted, geometryFromGeoJson, type Heights } from './from-geo-json.ts';
export type { Box, Geometry, GeometryKind, GeometryOf, Position } from './geometry.ts';
export { refusalOf } from './refusal.ts';
