export { certifyDxf } from './certify-dxf.ts';
export { type DimensionPicture, type DxfFound, type LayerStyle, readDxf } from './read-dxf.ts';
export { heldText } from './text.ts';
export { writeDxf } from './write-dxf.ts';
