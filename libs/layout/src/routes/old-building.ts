/** Calculating as clients of the replaced building server do, in its shapes. New clients use `/api/v1/layouts`. */
import {
  asOldFailure,
  defineRoute,
  identifier,
  listOf,
  oldBodyFailures,
  oldFailures,
  Problem,
  type Route,
  refusedProblem,
  refuseVersion,
} from '@plenum/http';
import { Type } from 'typebox';
import { checkCeiling } from '../ceiling/check-ceiling.ts';
import { configurationDefaults } from '../configuration/configuration.ts';
import { checkRates } from '../costs/check-rates.ts';
import { findMaterial, materials } from '../materials/known-materials.ts';
import { materialKeys } from '../materials/material.ts';
import { layOut } from '../panels/lay-out.ts';
import { areaOf } from '../project-document/project-document.ts';
import { problemsOf, refusedFor } from '../projects/faults.ts';
import { costsAt } from '../projects/price.ts';
import { strategies, strategiesShown } from '../strategies.ts';
import { costsSchema } from './layout-schemas.ts';
import { nothingRecorded } from './layouts.ts';

const success = Type.Literal(true);

/** What is calculated from, as that server's clients write it. */
export const buildingCalculation = {
  ...{ ceiling_length: Type.Number(), ceiling_width: Type.Number() },
  ...{ perimeter_gap: Type.Number(), panel_gap: Type.Number() },
  material_name: Type.String({ maxLength: 200 }),
  optimization_strategy: Type.Optional(Type.String({ maxLength: 50, description: strategies.join(', ') })),
  waste_factor: Type.Optional(Type.Number({ description: 'As a fraction.' })),
  labor_multiplier: Type.Optional(Type.Unsafe<number | null>({ type: ['number', 'null'] })),
};

const ofBuilding = {
  base: '/api',
  access: { permission: 'read:projects' },
  tags: ['replaced system'],
  failures: asOldFailure,
} as const;

const material = {
  ...{ name: Type.String(), category: Type.String(), color: Type.String(), reflectivity: Type.Number() },
  ...{ cost_per_sqm: Type.Number(), notes: Type.String() },
};

const materialsRoute = defineRoute({
  ...ofBuilding,
  operationId: 'buildingMaterials',
  method: 'GET',
  path: '/materials',
  summary: 'Materials, as the replaced system had it',
  answers: {
    200: Type.Object(
      { success, materials: listOf(Type.Object({ key: Type.String(), ...material })) },
      { title: 'BuildingMaterials' },
    ),
    ...oldFailures,
  },
  handle: () => ({ success: true as const, materials }),
});

const materialRoute = defineRoute({
  ...ofBuilding,
  operationId: 'buildingMaterial',
  method: 'GET',
  path: '/material/:name',
  summary: 'One material, as the replaced system had it',
  params: Type.Object({ name: identifier('Its key, such as `led_panel_white`.') }),
  answers: {
    200: Type.Object({ success, material: Type.Object(material) }, { title: 'BuildingMaterial' }),
    ...oldFailures,
  },
  handle: ({ params: { name } }) => {
    const found = findMaterial(name);
    if ('problems' in found)
      throw new Problem('validation', `There is no such material; there are ${materialKeys.join(', ')}.`);
    const { key: _, ...shown } = found.value;
    return { success: true as const, material: shown };
  },
});

const calculateRoute = defineRoute({
  ...ofBuilding,
  operationId: 'buildingCalculate',
  method: 'POST',
  path: '/calculate',
  unkeyed: nothingRecorded,
  summary: 'Lay panels out, as the replaced system had it',
  body: Type.Object(buildingCalculation, { title: 'BuildingCalculation' }),
  answers: {
    200: Type.Object(
      {
        success,
        layout: Type.Object({
          ...{ panel_width: Type.Number(), panel_length: Type.Number() },
          ...{ panels_per_row: Type.Integer(), panels_per_column: Type.Integer(), total_panels: Type.Integer() },
          coverage: Type.Number(),
        }),
        ceiling: Type.Object({ length: Type.Number(), width: Type.Number(), area: Type.Number() }),
        costs: costsSchema,
        material: Type.Object({ name: Type.String(), category: Type.String(), cost_per_sqm: Type.Number() }),
      },
      { title: 'BuildingCalculated' },
    ),
    ...oldFailures,
    ...oldBodyFailures,
  },
  handle: (asked) => {
    refuseVersion(asked);
    const { ceiling_length: length_mm, ceiling_width: width_mm, ...given } = asked.body;
    const { perimeter_gap: perimeter_gap_mm, panel_gap: panel_gap_mm, optimization_strategy: strategy } = given;
    const { waste_factor, labor_multiplier = null } = given;
    const ceiling = checkCeiling({ length_mm, width_mm, perimeter_gap_mm, panel_gap_mm, strategy });
    const found = findMaterial(given.material_name);
    const rates = checkRates({ waste_factor, labor_multiplier });
    if ('problems' in ceiling || 'problems' in found || 'problems' in rates) {
      const wrong = refusedFor(problemsOf(ceiling, found, rates));
      throw invalid(wrong === undefined ? 'It is not valid.' : refusedProblem(wrong).message);
    }
    const result = layOut(ceiling.value);
    if ('refusal' in result) throw invalid(`${result.refusal.message}.`);
    const { panel_width_mm, panel_length_mm, total_coverage_sqm: coverage, gap_area_sqm: _, ...counts } = result.layout;
    const { name, category, cost_per_sqm } = found.value;
    return {
      success: true as const,
      layout: { panel_width: panel_width_mm, panel_length: panel_length_mm, ...counts, coverage },
      ceiling: { length: length_mm, width: width_mm, area: areaOf(ceiling.value) },
      costs: costsAt({ material: found.value, ...rates.value }, result.layout),
      material: { name, category, cost_per_sqm },
    };
  },
});

/** That server answered with 400 to whatever it could not calculate. */
const invalid = (reason: string): Problem => new Problem('validation', reason);

const configRoute = defineRoute({
  ...ofBuilding,
  operationId: 'buildingDefaults',
  method: 'GET',
  path: '/config/default',
  summary: 'What a form begins with, as the replaced system had it',
  answers: {
    200: Type.Object(
      {
        ...{ ceiling_length: Type.Number(), ceiling_width: Type.Number() },
        ...{ perimeter_gap: Type.Number(), panel_gap: Type.Number(), material_name: Type.String() },
        ...{ waste_factor: Type.Number(), labor_multiplier: Type.Number(), optimization_strategy: Type.String() },
      },
      { title: 'BuildingDefaults' },
    ),
    ...oldFailures,
  },
  handle: () => {
    const { ceiling_length_mm, ceiling_width_mm, perimeter_gap_mm, panel_gap_mm, ...others } = configurationDefaults;
    const { material_name, waste_factor, labor_multiplier, optimization_strategy } = others;
    return {
      ...{ ceiling_length: ceiling_length_mm, ceiling_width: ceiling_width_mm },
      ...{ perimeter_gap: perimeter_gap_mm, panel_gap: panel_gap_mm, material_name, waste_factor },
      ...{ labor_multiplier: labor_multiplier ?? 0, optimization_strategy },
    };
  },
});

const strategiesRoute = defineRoute({
  ...ofBuilding,
  operationId: 'buildingStrategies',
  method: 'GET',
  path: '/strategies',
  summary: 'What a layout can be best at, as the replaced system had it',
  answers: {
    200: Type.Object(
      {
        success,
        strategies: listOf(Type.Object({ id: Type.String(), name: Type.String(), description: Type.String() })),
      },
      { title: 'BuildingStrategies' },
    ),
    ...oldFailures,
  },
  handle: () => ({ success: true as const, strategies: strategiesShown }),
});

export const oldBuildingRoutes: readonly Route[] = [
  ...[materialsRoute, materialRoute, calculateRoute, configRoute, strategiesRoute],
];
