/** Layouts of ceilings without a project: nothing of them is kept. */
import {
  defineRoute,
  listOf,
  Problem,
  problemResponses,
  problems,
  query,
  type Route,
  refusedProblem,
  refuseVersion,
} from '@plenum/http';
import { Type } from 'typebox';
import type { CeilingInput } from '../ceiling/ceiling-input.ts';
import { checkCeiling } from '../ceiling/check-ceiling.ts';
import type { Checked } from '../input-problem.ts';
import { layoutAlgorithm } from '../panels/algorithm.ts';
import { compare, figuresOf } from '../panels/compare.ts';
import { type LayoutRefusal, layOut } from '../panels/lay-out.ts';
import { problemsOf, refusedFor } from '../projects/faults.ts';
import { checkPrice, costsAt } from '../projects/price.ts';
import { strategiesShown } from '../strategies.ts';
import { body, ceilingFields, given, priceFields, priceOf, strategyField } from './fields.ts';
import { costsSchema, figuresSchema, layoutSchema } from './layout-schemas.ts';

/** Why what only computes takes no `Idempotency-Key`. */
export const nothingRecorded = 'Nothing is recorded, so that asking again is no other thing.';

const calculating = {
  method: 'POST',
  access: { permission: 'read:projects' },
  unkeyed: nothingRecorded,
  querystring: query({}),
  tags: ['layout'],
} as const;

const answered = { ...problems(), ...problemResponses(422) };

const scored = {
  strategy: strategyField,
  layout: layoutSchema,
  score: Type.Number({ description: "By the strategy's own objective." }),
  figures: figuresSchema,
};

const layoutAsked = body({ ...ceilingFields, strategy: Type.Optional(strategyField), ...priceFields }, 'LayoutAsked');

const calculateRoute = defineRoute({
  ...calculating,
  operationId: 'calculateLayout',
  path: '/layouts',
  summary: 'Lay panels out, and keep nothing',
  body: layoutAsked,
  answers: {
    200: Type.Object(
      {
        ...scored,
        algorithm: Type.String({ description: 'Which version of the rules made it.' }),
        alternates: listOf(Type.Object({ layout: layoutSchema, score: Type.Number() }), {
          description: 'The best ones before it, the best first.',
        }),
        costs: Type.Optional(costsSchema),
      },
      { title: 'CalculatedLayout' },
    ),
    ...answered,
  },
  handle: (asked) => {
    refuseVersion(asked);
    const { material, custom_material, waste_factor, labor_multiplier, ...ceiling } = asked.body;
    const named = priceOf(given({ material, custom_material, waste_factor, labor_multiplier }));
    const price = named && checkPrice(named);
    const input = inputOf(ceiling, price);
    const result = layOut(input);
    if ('refusal' in result) throw refusalProblem(result.refusal);
    const { layout, score, alternates } = result;
    const costs = price !== undefined && 'value' in price ? { costs: costsAt(price.value, layout) } : {};
    const made = { strategy: input.strategy, layout, score, figures: figuresOf(input, layout) };
    return { ...made, algorithm: layoutAlgorithm, alternates, ...costs };
  },
});

/** @throws Problem with everything that is wrong with either. */
const inputOf = (ceiling: object, price?: Checked<unknown>): CeilingInput => {
  const input = checkCeiling(ceiling);
  const wrong = refusedFor(problemsOf(input, price));
  if (wrong !== undefined || 'problems' in input)
    throw wrong ? refusedProblem(wrong) : new Problem('internal', 'No fault.');
  return input.value;
};

const refusalProblem = ({ message }: LayoutRefusal): Problem => new Problem('not-possible', `${message}.`);

const compareRoute = defineRoute({
  ...calculating,
  operationId: 'compareLayouts',
  path: '/layouts/comparison',
  summary: 'What each strategy makes of a ceiling, side by side',
  body: body(ceilingFields, 'LayoutsCompared'),
  answers: {
    200: Type.Object({ items: listOf(Type.Object(scored)) }, { title: 'LayoutComparison' }),
    ...answered,
  },
  handle: (asked) => {
    refuseVersion(asked);
    const result = compare(inputOf(asked.body));
    if ('refusal' in result) throw refusalProblem(result.refusal);
    return { items: result.comparisons };
  },
});

const strategiesRoute = defineRoute({
  ...{ method: 'GET', access: { permission: 'read:projects' }, tags: ['layout'] },
  operationId: 'listLayoutStrategies',
  path: '/layouts/strategies',
  summary: 'What a layout can be best at',
  querystring: query({}),
  answers: {
    200: Type.Object(
      { items: listOf(Type.Object({ id: strategyField, name: Type.String(), description: Type.String() })) },
      { title: 'LayoutStrategies' },
    ),
    ...problems(),
  },
  handle: () => ({ items: strategiesShown }),
});

export const layoutOnlyRoutes: readonly Route[] = [calculateRoute, compareRoute, strategiesRoute];
