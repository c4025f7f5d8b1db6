export { catalogueNamed, readCatalogues, standardsWithoutColours } from './colours/catalogues.ts';
export { fiberColours, fibersPerTubeDefault } from './colours/fiber-colours.ts';
export { type Colour, type ColourCatalogue, tia598 } from './colours/tia-598.ts';
export { type CheckedFeature, checkFeature, type FeatureValues, featureLimits } from './features/check-feature.ts';
export {
  type Budget,
  budgetsOf,
  type LossParts,
  type LossSettings,
  lengthOf,
  lossDefaults,
  splitterLoss,
  type WayLength,
} from './network/budget.ts';
export { type Cut, type CutFiber, type CutParts, cutFibers, type Port } from './network/cut.ts';
export {
  type Cable,
  type CableName,
  type Fiber,
  type Joint,
  type Network,
  type NetworkRows,
  networkOf,
  type Patch,
  type Splice,
  type Splitter,
  splitterInput,
} from './network/network.ts';
export type { End, Segment } from './network/steps.ts';
export { type FiberPath, type PathSegment, pathOf, statusOf, type TraceStatus } from './network/trace.ts';
export { type Branches, type Way, wayFrom, waysFrom } from './network/ways.ts';
export { cableLayerNamed, layerNamed } from './references/layer-named.ts';
export { type FeatureField, type FeatureLayer, featureFields } from './vocabulary/feature-fields.ts';
export { type CableLayer, cableLayers, type FiberTable, type Layer, layers } from './vocabulary/layers.ts';
