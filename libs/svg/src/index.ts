export { certifySvg } from './certify-svg.ts';
export { type SvgGroup, type SvgOptions, scales } from './options.ts';
export { type DimensionPicture, readSvg, type SvgFound } from './read-svg.ts';
export { heldShape, writeSvg } from './write-svg.ts';
