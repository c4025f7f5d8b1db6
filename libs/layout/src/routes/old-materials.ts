/** Materials as the replaced API server answered with them. */
import { defineRoute, identifier, listOf, Problem, type Route, refusedProblem, refuseVersion } from '@plenum/http';
import { Type } from 'typebox';
import { checkEstimate, costEstimate } from '../costs/cost-estimate.ts';
import { materials } from '../materials/known-materials.ts';
import { type KnownMaterial, materialCategories } from '../materials/material.ts';
import { refusedFor } from '../projects/faults.ts';
import { nothingRecorded } from './layouts.ts';
import { enveloped, envelopedWith, failing, failingWithBody, materialId, reading } from './old-api.ts';

const material = Type.Object({
  ...{ id: Type.String(), name: Type.String(), category: Type.String(), color: Type.String() },
  ...{ reflectivity: Type.Number(), cost_per_sqm: Type.Number(), notes: Type.String() },
});

const shown = ({ key: id, ...known }: KnownMaterial) => ({ id, ...known });

const byName = [...materials].sort(
  (one, other) => one.name.localeCompare(other.name, 'en') || one.key.localeCompare(other.key, 'en'),
);

const cost = (description: string) => Type.Optional(Type.Number({ minimum: 0, description }));

const listRoute = defineRoute({
  ...reading,
  operationId: 'apiMaterials',
  method: 'GET',
  path: '/materials',
  summary: 'Materials, by name',
  querystring: Type.Object({
    category: Type.Optional(Type.String({ maxLength: 50 })),
    min_cost: cost('US dollars for a square metre.'),
    max_cost: cost('US dollars for a square metre.'),
  }),
  answers: {
    200: envelopedWith('ApiMaterials', listOf(material), Type.Object({ total: Type.Integer() })),
    ...failing,
  },
  handle: ({ query: { category, min_cost = 0, max_cost = Number.POSITIVE_INFINITY } }) => {
    const data = byName
      .filter((one) => category === undefined || one.category === category)
      .filter(({ cost_per_sqm }) => cost_per_sqm >= min_cost && cost_per_sqm <= max_cost)
      .map(shown);
    return { success: true as const, data, meta: { total: data.length } };
  },
});

const oneRoute = defineRoute({
  ...reading,
  operationId: 'apiMaterial',
  method: 'GET',
  path: '/materials/:id',
  summary: 'One material',
  params: Type.Object({ id: identifier('Its key, such as `led_panel_white`.') }),
  answers: { 200: enveloped('ApiMaterial', material), ...failing },
  handle: ({ params: { id } }) => {
    const found = materials.find(({ key }) => key === id);
    if (found === undefined) throw new Problem('not-found', 'There is no such material.');
    return { success: true as const, data: shown(found) };
  },
});

const categoriesRoute = defineRoute({
  ...reading,
  operationId: 'apiMaterialCategories',
  method: 'GET',
  path: '/materials/categories',
  summary: 'Categories of materials',
  answers: { 200: enveloped('ApiMaterialCategories', listOf(Type.String())), ...failing },
  handle: () => ({ success: true as const, data: materialCategories }),
});

const estimateRoute = defineRoute({
  ...reading,
  operationId: 'apiCostEstimate',
  method: 'POST',
  path: '/materials/cost-estimate',
  unkeyed: nothingRecorded,
  summary: 'What an area of a material costs',
  body: Type.Object(
    {
      material_id: materialId,
      area_sqm: Type.Number(),
      waste_factor: Type.Optional(Type.Number({ description: 'A multiplier here: 1.15 for 15 percent.' })),
    },
    { title: 'ApiCostAsked' },
  ),
  answers: {
    200: enveloped(
      'ApiCostEstimate',
      Type.Object({
        ...{ material_id: Type.String(), material, area_sqm: Type.Number(), adjusted_area_sqm: Type.Number() },
        ...{ waste_factor: Type.Number(), raw_cost: Type.Number(), waste_cost: Type.Number() },
        ...{ total_cost: Type.Number(), currency: Type.String() },
      }),
    ),
    ...failingWithBody,
  },
  handle: (asked) => {
    refuseVersion(asked);
    const { material_id, area_sqm, waste_factor } = asked.body;
    if (!materials.some(({ key }) => key === material_id)) throw new Problem('not-found', 'There is no such material.');
    const estimate = checkEstimate({ material_id, area_sqm, waste_factor });
    if ('value' in estimate) {
      return {
        success: true as const,
        data: { ...costEstimate(estimate.value), material: shown(estimate.value.material) },
      };
    }
    const wrong = refusedFor(estimate.problems);
    throw wrong === undefined ? new Problem('validation', 'It is not valid.') : refusedProblem(wrong);
  },
});

export const oldMaterialRoutes: readonly Route[] = [listRoute, oneRoute, categoriesRoute, estimateRoute];
