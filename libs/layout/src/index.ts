export { type CeilingInput, ceilingDefaults, ceilingLimits } from './ceiling/ceiling-input.ts';
export { type CeilingDefaults, checkCeiling } from './ceiling/check-ceiling.ts';
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
export { type Strategy, type StrategyShown, strategies, strategiesShown } from './strategies.ts';
