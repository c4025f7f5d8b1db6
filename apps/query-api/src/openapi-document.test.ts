import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openapiDocument } from './openapi-document.ts';
import { fakeApp } from './testing/fake-app.ts';

type Json = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Every object in a JSON document, with where it is. */
const objectsIn = (value: unknown, at = '#'): readonly (readonly [string, Json])[] => {
  if (Array.isArray(value)) return value.flatMap((item, index) => objectsIn(item, `${at}/${index}`));
  if (!isObject(value)) return [];
  return [[at, value], ...Object.entries(value).flatMap(([name, inner]) => objectsIn(inner, `${at}/${name}`))];
};

const lookUp = (document: Json, reference: string): unknown =>
  reference
    .slice(2)
    .split('/')
    .reduce<unknown>((value, part) => (isObject(value) ? value[part] : undefined), document);

const types = new Set<unknown>(['null', 'boolean', 'object', 'array', 'number', 'string', 'integer']);

test('the description is an OpenAPI 3.1 document', async () => {
  const document = (await openapiDocument()) as Json; // A JSON object, as its own checks below say.
  assert.match(String(document.openapi), /^3\.1\.\d+$/);
  assert.ok(isObject(document.info) && document.info.title === 'Plenum' && typeof document.info.version === 'string');
  assert.ok(isObject(document.paths));
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item as Json).map(([method, operation]) => ({ path, method, operation: operation as Json })),
  );
  assert.ok(operations.length >= 20);
  for (const { path, method, operation } of operations) {
    const { responses, parameters = [], summary } = operation;
    assert.ok(typeof summary === 'string', `${method} ${path} has no summary`);
    assert.ok(isObject(responses) && Object.keys(responses).every((code) => /^[1-5]\d\d$/.test(code)));
    for (const response of Object.values(responses))
      assert.ok(isObject(response) && typeof response.description === 'string');
    assert.ok(Array.isArray(parameters));
    const inPath = parameters
      .filter((parameter) => parameter.in === 'path')
      .map(({ name, required }) => ({ name, required }));
    const wanted = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({ name, required: true }));
    assert.deepEqual(inPath, wanted, path);
    for (const parameter of parameters) {
      assert.ok(isObject(parameter.schema), `${path} ${parameter.name}`);
      assert.ok(parameter.required !== true || parameter.schema.default === undefined, `${path} ${parameter.name}`);
    }
  }
  let references = 0;
  for (const [at, { $ref, type }] of objectsIn(document)) {
    if (typeof $ref === 'string') {
      references += 1;
      assert.ok(
        $ref.startsWith('#/') && isObject(lookUp(document, $ref)),
        `${at} points to ${$ref}, which is not there`,
      );
    }
    if (
      at.endsWith('/properties') ||
      at.startsWith('#/components/securitySchemes/') ||
      type === undefined ||
      isObject(type)
    )
      continue;
    for (const one of [type].flat())
      assert.ok(types.has(one) || at.includes('/example'), `${at} is of an unknown type`);
  }
  assert.ok(references > 20);
});

test('the document and the page to try it are served, and need nothing from elsewhere', async (t) => {
  const app = await fakeApp(t, { limits: { limitDefault: 100, limitMax: 1000 } });
  const served = await app.inject('/api/v1/openapi.json');
  assert.equal(served.statusCode, 200);
  assert.deepEqual(JSON.parse(served.body), JSON.parse(JSON.stringify(await openapiDocument())));

  const page = await app.inject('/api/v1/docs');
  assert.equal(page.statusCode, 200);
  const wanted = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url = '']) => url);
  assert.ok(wanted.length >= 4);
  for (const url of wanted) {
    const absolute = new URL(url, 'http://here/api/v1/docs');
    assert.equal(absolute.host, 'here', `${url} is fetched from elsewhere`);
    assert.equal((await app.inject(absolute.pathname)).statusCode, 200, url);
  }
  assert.match(String(page.headers['content-security-policy']), /default-src 'self'/);
});

test('the top of the address leads programs to links, and browsers to the page', async (t) => {
  const app = await fakeApp(t);
  const { links } = JSON.parse((await app.inject('/')).body);
  assert.equal(links.docs, '/api/v1/docs');
  const { statusCode, headers } = await app.inject({ url: '/', headers: { accept: 'text/html,*/*;q=0.8' } });
  assert.equal(statusCode, 303);
  assert.equal(headers.location, links.docs);
});
