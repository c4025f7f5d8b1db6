/** Words that the schemas of projects and layouts are made of. */
import { oneOf, Problem } from '@plenum/http';
import { type Static, type TSchema, Type } from 'typebox';
import { ceilingDefaults, ceilingLimits } from '../ceiling/ceiling-input.ts';
import { laborLimit, wasteShareLimit } from '../costs/check-rates.ts';
import { costDefaults } from '../costs/costs.ts';
import { costPerSqmMax, materialLengthMax } from '../materials/custom-material.ts';
import { materialKeys } from '../materials/material.ts';
import { describedLimits } from '../projects/described.ts';
import { strategies } from '../strategies.ts';

/** A body with exactly these fields; `title` is what the description of the API calls it. */
export const body = <T extends Record<string, TSchema>>(properties: T, title: string) =>
  Type.Object(properties, { additionalProperties: false, title });

const { dimension_mm, gap_mm, aspect_ratio, panel_dimension_mm, panels_per_dimension } = ceilingLimits;

type Limit = { readonly min: number; readonly max: number };

const number = ({ min, max }: Limit, description: string) => Type.Number({ minimum: min, maximum: max, description });

/** The rules know what is taken where it is not given; in a schema a default within a body would say that it is always there. */
const orElse = (limit: Limit, description: string, fallback: number) =>
  Type.Optional(number(limit, `${description} ${fallback} unless given.`));

export const sizeFields = {
  length_mm: number(dimension_mm, 'The ceiling, along x.'),
  width_mm: number(dimension_mm, 'The ceiling, along y.'),
};

/** All that panels are laid out from, but for what the layout is to be best at. */
export const ceilingFields = {
  ...sizeFields,
  perimeter_gap_mm: orElse(gap_mm, 'Between the panels and each edge.', ceilingDefaults.perimeter_gap_mm),
  panel_gap_mm: orElse(gap_mm, 'Between two panels.', ceilingDefaults.panel_gap_mm),
  target_aspect_ratio: orElse(
    aspect_ratio,
    "A panel's side along the width over its side along the length.",
    ceilingDefaults.target_aspect_ratio,
  ),
  max_panel_dimension_mm: orElse(
    panel_dimension_mm,
    'The longest side that a panel may have.',
    ceilingDefaults.max_panel_dimension_mm,
  ),
  min_panel_dimension_mm: orElse(panel_dimension_mm, 'The shortest.', ceilingDefaults.min_panel_dimension_mm),
  max_panels_per_dimension: Type.Optional(
    Type.Integer({
      ...{ minimum: panels_per_dimension.min, maximum: panels_per_dimension.max },
      description: `How many panels are tried at most, each way. ${ceilingDefaults.max_panels_per_dimension} unless given.`,
    }),
  ),
};

export const strategyField = oneOf(strategies, { description: 'See `/api/v1/layouts/strategies`.' });

/** Of one line, as the rules have it; what else is wrong with a text they say. */
const line = (maxLength: number, description: string, minLength = 1) =>
  Type.String({ minLength, maxLength, description });

const customMaterial = Type.Object(
  {
    name: line(materialLengthMax.name, 'For people.'),
    color: Type.Optional(line(materialLengthMax.color, 'For people.', 0)),
    reflectivity: Type.Optional(number({ min: 0, max: 1 }, 'The share of light that comes back.')),
    cost_per_sqm: number({ min: 0, max: costPerSqmMax }, 'US dollars for a square metre.'),
    notes: Type.Optional(line(materialLengthMax.notes, 'For people.', 0)),
  },
  { additionalProperties: false },
);

export const wasteField = orElse(
  wasteShareLimit,
  'How much more is bought than covered, as a fraction: 0.15 for 15 percent.',
  costDefaults.waste_factor,
);

export const laborField = Type.Optional(
  Type.Unsafe<number | null>({
    ...{ type: ['number', 'null'], minimum: laborLimit.min, maximum: laborLimit.max },
    description:
      'Labor as a fraction of what the material costs: 0.25 for 25 percent. Null: not reckoned. ' +
      `${costDefaults.labor_multiplier} unless given.`,
  }),
);

/** A material that everybody has or one that is described, and what else makes the price. */
export const priceFields = {
  material: Type.Optional(oneOf(materialKeys, { description: 'One that everybody has: see `/api/v1/materials`.' })),
  custom_material: Type.Optional(customMaterial),
  waste_factor: wasteField,
  labor_multiplier: laborField,
};

type PriceBody = Static<ReturnType<typeof body<typeof priceFields>>>;

/** As the rules take it; `undefined` where no material is named. @throws Problem where two are. */
export const priceOf = ({ material, custom_material, waste_factor, labor_multiplier }: PriceBody) => {
  if (material !== undefined && custom_material !== undefined) {
    throw new Problem('validation', 'body: material and custom_material are two materials; give one.');
  }
  const named = material ?? custom_material;
  return named === undefined ? undefined : { material: named, ...given({ waste_factor, labor_multiplier }) };
};

const { nameMax, descriptionMax, tagsMax, tagMax } = describedLimits;

export const nameField = line(nameMax, 'For people: one line.');

/** What of a project may be left out. */
export const describedFields = {
  description: Type.Optional(Type.String({ maxLength: descriptionMax, description: 'For people.' })),
  tags: Type.Optional(
    Type.Array(line(tagMax, 'One line.'), { maxItems: tagsMax, description: 'Words to find it by.' }),
  ),
  metadata: Type.Optional(
    Type.Unsafe<Readonly<Record<string, unknown>>>({
      ...{ type: 'object', additionalProperties: true, description: 'Whatever else is to be kept: 16 KiB as JSON.' },
    }),
  ),
};

/** The fields that are there. */
export const given = <T extends object>(fields: T): Partial<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>; // Some of them.
