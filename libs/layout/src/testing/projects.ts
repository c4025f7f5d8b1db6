import fc from 'fast-check';
import { type CeilingInput, ceilingDefaults } from '../ceiling/ceiling-input.ts';
import { materials } from '../materials/known-materials.ts';
import type { Material } from '../materials/material.ts';
import { layOut } from '../panels/lay-out.ts';
import type { Project } from '../project-document/project-document.ts';
import { anyCeiling } from './ceilings.ts';

const [ledPanel] = materials;

/** 4800 x 3600 mm of white LED panels, unless the ceiling is another; it has to have a layout. */
export const projectOf = (rest: Partial<Project> = {}, ceiling: Partial<CeilingInput> = {}): Project => {
  const input: CeilingInput = { ...ceilingDefaults, length_mm: 4800, width_mm: 3600, ...ceiling };
  const result = layOut(input);
  if ('refusal' in result) throw new Error(result.refusal.message);
  const { length_mm, width_mm, perimeter_gap_mm, panel_gap_mm } = input;
  return {
    generated: '2026-03-04T09:15:02.118Z',
    ceiling: { length_mm, width_mm, perimeter_gap_mm, panel_gap_mm },
    layout: result.layout,
    ...(ledPanel === undefined ? {} : { material: ledPanel }),
    ...{ waste_factor: 0.15, labor_multiplier: 0.25 },
    ...rest,
  };
};

/** One line of anything that is text. */
export const anyLine = (max: number): fc.Arbitrary<string> =>
  fc
    .oneof(fc.string({ unit: 'binary', maxLength: max }), fc.constantFrom('<script>', '%%c', 'Cork & Co', 'שלום', '💡'))
    .map((text) => text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, ' ').toWellFormed());

const anyMaterial: fc.Arbitrary<Material> = fc.oneof(
  fc.constantFrom(...materials),
  fc.record(
    {
      name: anyLine(60).map((name) => (name.trim() === '' ? 'Cork' : name)),
      category: fc.constant('custom' as const),
      color: anyLine(20),
      reflectivity: fc.double({ min: 0, max: 1, noNaN: true }).map((share) => share + 0),
      cost_per_sqm: fc.double({ min: 0, max: 1e6, noNaN: true }).map((cost) => cost + 0),
      notes: anyLine(100),
    },
    { noNullPrototype: true },
  ),
);

/** Any whose ceiling has a layout. */
export const anyProject: fc.Arbitrary<Project> = fc
  .record({
    ceiling: anyCeiling.filter((input) => !('refusal' in layOut(input))),
    material: fc.option(anyMaterial, { nil: undefined }),
    waste_factor: fc.double({ min: 0, max: 1, noNaN: true }).map((share) => share + 0),
    labor_multiplier: fc.option(fc.double({ min: 0, max: 10, noNaN: true }).map((share) => share + 0)),
  })
  .map(({ ceiling, material, ...rates }) => {
    const { material: _led, ...project } = projectOf(rates, ceiling);
    return material === undefined ? project : { ...project, material };
  });
