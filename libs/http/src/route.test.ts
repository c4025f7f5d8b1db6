import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Type } from 'typebox';
import { answer } from './answer.ts';
import { query } from './fields.ts';
import { page, pageOf } from './pages.ts';
import { problems } from './problem.ts';
import { defineRoute, urlOf } from './route.ts';

const declared = {
  operationId: 'getThing',
  method: 'GET',
  path: '/things/:id',
  access: 'public',
  tags: [],
  summary: '',
} as const;
const thing = Type.Object({ id: Type.String() });

it('is where its base says, below /api/v1 unless said otherwise', () => {
  assert.equal(urlOf(declared), '/api/v1/things/:id');
  assert.equal(urlOf({ ...declared, base: '/api/iot' }), '/api/iot/things/:id');
  assert.equal(urlOf({ ...declared, base: '' }), '/things/:id');
});

/** What is tried here is what the compiler says; a line that expects an error fails the check of types without one. */
it('hands a handler what its schemas let through, and takes what they declare', () => {
  const asked = { params: thing, querystring: query({ limit: Type.Integer() }) };
  const route = defineRoute({
    ...declared,
    ...asked,
    answers: { 200: thing, ...problems(404) },
    handle: ({ params: { id }, query: { limit } }) => ({ id: id.repeat(limit) }),
  });
  defineRoute({ ...declared, answers: { 200: thing }, handle: () => answer('', { status: 303 }) });
  defineRoute({
    ...declared,
    answers: { 200: pageOf(thing) },
    handle: () => page({ rows: [{ id: 'a' }], limit: 1, place: ({ id }) => [id] }),
  });
  // @ts-expect-error An answer has what its schema says.
  defineRoute({ ...declared, answers: { 200: thing }, handle: () => ({ name: 'a' }) });
  defineRoute({
    ...declared,
    answers: { 200: pageOf(thing) },
    // @ts-expect-error And so have the items of a page.
    handle: () => page({ rows: [{ name: 'a' }], limit: 1, place: ({ name }) => [name] }),
  });
  defineRoute({
    ...declared,
    ...asked,
    answers: { 200: thing },
    // @ts-expect-error Nobody gives what is not declared.
    handle: ({ params: { name } }) => ({ id: name }),
  });
  assert.equal(route.params, thing);
});
