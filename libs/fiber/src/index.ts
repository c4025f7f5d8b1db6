export { catalogueNamed, readCatalogues, standardsWithoutColours } from './colours/catalogues.ts';
export { fiberColours, fibersPerTubeDefault } from './colours/fiber-colours.ts';
export { type Colour, type ColourCatalogue, tia598 } from './colours/tia-598.ts';
export { cableLayerNamed, layerNamed } from './references/layer-named.ts';
export { type CableLayer, cableLayers, type FiberTable, type Layer, layers } from './vocabulary/layers.ts';
