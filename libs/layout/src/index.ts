export { type CeilingInput, ceilingDefaults, ceilingLimits } from './ceiling/ceiling-input.ts';
export { type CeilingDefaults, checkCeiling } from './ceiling/check-ceiling.ts';
export {
  type Configuration,
  type ConfigurationKey,
  configurationDefaults,
} from './configuration/configuration.ts';
export {
  type ConfigurationSources,
  ceilingOfConfiguration,
  configurationOf,
} from './configuration/configuration-of.ts';
export { type ConfigurationFlags, configurationFlags } from './configuration/flags.ts';
export { checkRates, laborLimit, type WasteAndLabor, wasteShareLimit } from './costs/check-rates.ts';
export { type CostEstimate, checkEstimate, costEstimate, type EstimateAsked } from './costs/cost-estimate.ts';
export { type CostRates, type Costs, costDefaults, costsOf, materialCost } from './costs/costs.ts';
export {
  type DocumentAsked,
  type DocumentFormat,
  documentFormats,
  documentOf,
  screenScales,
} from './documents/document-of.ts';
export { layout } from './domain.ts';
export type { Drawn, NodePlace } from './drawings/drawn.ts';
export { planDrawing, planLayers } from './drawings/plan-drawing.ts';
export { screenDrawing, screenView } from './drawings/screen-drawing.ts';
export { type SheetAsked, sheetOf } from './drawings/sheet-of.ts';
export type { Checked, InputProblem, ProblemCode } from './input-problem.ts';
export { checkCustomMaterial, checkMaterial, costPerSqmMax, materialLengthMax } from './materials/custom-material.ts';
export { findMaterial, materials } from './materials/known-materials.ts';
export {
  type KnownMaterial,
  type Material,
  type MaterialCategory,
  type MaterialKey,
  materialCategories,
  materialKeys,
} from './materials/material.ts';
export {
  type Comparison,
  compare,
  efficiencyPercent,
  figuresOf,
  type LayoutFigures,
} from './panels/compare.ts';
export { type LaidOut, type LayoutRefusal, layOut, type RefusalCode } from './panels/lay-out.ts';
export type { PanelLayout, Scored } from './panels/panel-layout.ts';
export { type Ceiling, misfitOf, type PanelPlace, panelPlaces } from './panels/panel-places.ts';
export { materialOfDocument } from './project-document/document-price.ts';
export {
  areaOf,
  type DocumentCosts,
  type DocumentMaterial,
  documentText,
  type Project,
  type ProjectDocument,
  projectDocument,
} from './project-document/project-document.ts';
export { documentLengthMax, readProjectDocument } from './project-document/read-document.ts';
export { type CuttingListEntry, cuttingList } from './report/cutting-list.ts';
export { reportText } from './report/report-text.ts';
export { type Strategy, type StrategyShown, strategies, strategiesShown } from './strategies.ts';
