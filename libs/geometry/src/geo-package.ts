/** The header that GeoPackage (OGC 12-128, 2.1.3) puts before the ISO WKB of a geometry. */
import { srid, viewOf } from './ewkb.ts';

/** What is behind the header, all of it when there is none, or why there is nothing to read. */
export const geoPackageBody = (bytes: Uint8Array): Uint8Array | string => {
  const isGeoPackage = bytes[0] === 0x47 && bytes[1] === 0x50; // "GP", which no byte order is.
  if (!isGeoPackage) return bytes;
  if (bytes.byteLength < 8) return 'it ends within its header';
  const flags = bytes[3] ?? 0;
  const envelopeBytes = envelopes[(flags >> 1) & 0b111];
  if (bytes[2] !== 0 || (flags & 0b10_0000) !== 0) return 'an extended GeoPackage geometry';
  if ((flags & 0b1_0000) !== 0) return 'it is empty';
  if (envelopeBytes === undefined) return 'its envelope is of no known form';
  const found = viewOf(bytes).getInt32(4, (flags & 1) === 1);
  if (found !== srid) return `SRID ${found}, not ${srid}`;
  return bytes.subarray(8 + envelopeBytes);
};

/** Bytes of an envelope by its indicator: none, two, three, three and four dimensions. */
const envelopes = [0, 32, 48, 48, 64];
