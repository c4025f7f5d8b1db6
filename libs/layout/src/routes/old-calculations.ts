/** Calculations as the replaced API server answered with them. Each is kept, and found again by its id. */
import { formatTimeUs, seenBy } from '@plenum/event';
import { defineRoute, metadataWithoutVersion, Problem, type Route, utcTime } from '@plenum/http';
import { Type } from 'typebox';
import { keepCalculation } from '../calculations/calculation-commands.ts';
import type { CalculationShown } from '../calculations/reads.ts';
import { checkCeiling } from '../ceiling/check-ceiling.ts';
import { materialCost } from '../costs/costs.ts';
import { ceilingOf, layoutOf, materialOf } from '../documents/shown-project.ts';
import { findMaterial } from '../materials/known-materials.ts';
import type { Material } from '../materials/material.ts';
import { efficiencyPercent } from '../panels/compare.ts';
import type { PanelLayout } from '../panels/panel-layout.ts';
import { keptOf, type Measured, measuredOf } from '../projects/laid-out.ts';
import type { LayoutServices } from '../services.ts';
import { layoutSchema } from './layout-schemas.ts';
import {
  constraints,
  dimensions,
  enveloped,
  envelopedWith,
  failing,
  failingWithBody,
  materialId,
  oldDefaults,
  reading,
  rounded,
  shownDimensions,
  shownSpacing,
  spacing,
  strategyAsked,
  writing,
} from './old-api.ts';
import { notDoneProblem } from './old-done.ts';

export const oldCalculation = Type.Object({
  id: Type.String(),
  created_at: utcTime('When it was calculated.'),
  ...{ dimensions: shownDimensions, spacing: shownSpacing },
  layout: Type.Object({ ...layoutSchema.properties, efficiency_percent: Type.Number() }),
  material: Type.Optional(
    Type.Object({
      ...{ id: Type.String(), name: Type.String(), category: Type.String() },
      ...{ cost_per_sqm: Type.Number(), total_cost: Type.Number() },
    }),
  ),
  optimization_score: Type.Number({ description: 'As `efficiency_percent`.' }),
  execution_time_ms: Type.Number({ description: '0 of one that was kept.' }),
});

type Shown = {
  readonly id: string;
  readonly created_at: string;
  readonly ceiling: Measured;
  readonly layout: PanelLayout;
  readonly material?: Material | undefined;
  readonly tookMs?: number;
};

export const shownCalculation = ({ id, created_at, ceiling, layout, material, tookMs = 0 }: Shown) => {
  const { length_mm, width_mm, perimeter_gap_mm, panel_gap_mm } = ceiling;
  const efficiency_percent = efficiencyPercent(ceiling, layout);
  const { total_coverage_sqm, gap_area_sqm, ...panels } = layout;
  return {
    ...{ id, created_at, dimensions: { length_mm, width_mm }, spacing: { perimeter_gap_mm, panel_gap_mm } },
    layout: {
      ...{ ...panels, total_coverage_sqm: rounded(total_coverage_sqm), gap_area_sqm: rounded(gap_area_sqm) },
      efficiency_percent,
    },
    ...(material === undefined ? {} : { material: priced(material, total_coverage_sqm) }),
    ...{ optimization_score: efficiency_percent, execution_time_ms: tookMs },
  };
};

const priced = ({ key, name, category, cost_per_sqm }: Material, coverage: number) => ({
  ...{ id: key ?? 'custom', name, category, cost_per_sqm },
  total_cost: materialCost(coverage, cost_per_sqm),
});

/** A row as it was kept. */
export const keptCalculation = (row: CalculationShown) => {
  const [ceiling, layout] = [ceilingOf(row), layoutOf(row)];
  if (ceiling === undefined || layout === undefined) throw new Error('a calculation is kept with its result');
  const { calculation_id: id, calculated_at: created_at } = row;
  return shownCalculation({ id, created_at, ceiling, layout, material: materialOf(row) });
};

const meta = Type.Object({ request_id: Type.String() });

export const oldCalculationRoutes = (services: LayoutServices): readonly Route[] => [
  calculateRoute(services),
  defineRoute({
    ...reading,
    operationId: 'apiCalculation',
    method: 'GET',
    path: '/calculate/:id',
    projections: ['ceiling_calculations'],
    summary: 'A calculation that was kept',
    params: Type.Object({ id: Type.String({ maxLength: 200 }) }),
    answers: { 200: enveloped('ApiCalculation', oldCalculation), ...failing },
    handle: async ({ params: { id }, identity }) => {
      const row = await services.reads.ceilingCalculations.byId(id, seenBy(identity));
      if (row === undefined) throw new Problem('not-found', 'There is no such calculation.');
      return { success: true as const, data: keptCalculation(row) };
    },
  }),
];

const calculateRoute = ({ handle, newId, clock }: LayoutServices) =>
  defineRoute({
    ...writing,
    operationId: 'apiCalculate',
    method: 'POST',
    path: '/calculate',
    summary: 'Lay panels out, and keep the result',
    body: Type.Object(
      {
        dimensions,
        spacing: Type.Optional(spacing),
        constraints: Type.Optional(constraints),
        material_id: Type.Optional(materialId),
        optimization_strategy: strategyAsked,
      },
      { title: 'ApiCalculationAsked' },
    ),
    answers: { 200: envelopedWith('ApiCalculated', oldCalculation, meta), ...failingWithBody },
    handle: async (asked) => {
      const metadata = metadataWithoutVersion(asked);
      const { dimensions: size, spacing: gaps, constraints: ratio, material_id, optimization_strategy } = asked.body;
      const ceiling = {
        ...size,
        ...gaps,
        target_aspect_ratio: ratio?.target_aspect_ratio,
        strategy: optimization_strategy,
      };
      const { actor } = metadata;
      const startedUs = clock.nowUs();
      const done = await handle(
        keepCalculation({
          calculationId: newId(),
          ceiling,
          ceilingDefaults: oldDefaults,
          material: material_id,
          actor,
        }),
        metadata,
      );
      if (done.outcome !== 'done') throw notDoneProblem(done);
      // What was asked was decided, so it has a result; that of the same request is the same.
      const checked = checkCeiling(ceiling, oldDefaults);
      const kept = 'value' in checked ? keptOf(measuredOf(checked.value), checked.value.strategy) : '';
      if (typeof kept === 'string') throw new Error('what was kept has a result');
      const found = material_id === undefined ? undefined : findMaterial(material_id);
      const data = shownCalculation({
        ...{ id: done.id, created_at: formatTimeUs(startedUs), ceiling: kept.ceiling, layout: kept.layout },
        material: found !== undefined && 'value' in found ? found.value : undefined,
        tookMs: (clock.nowUs() - startedUs) / 1_000,
      });
      const { trace } = asked.given();
      return { success: true as const, data, meta: { request_id: trace?.correlationId ?? '' } };
    },
  });
