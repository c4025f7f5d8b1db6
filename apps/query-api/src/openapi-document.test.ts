import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { openapiDocument } from './openapi-document.ts';
import { fakeApp } from './testing/fake-app.ts';

type Answer = {
  readonly description?: string;
  readonly content?: Readonly<Record<string, { readonly schema: object }>>;
};
type Operation = {
  readonly operationId?: string;
  readonly summary?: string;
  readonly parameters?: readonly {
    readonly in: string;
    readonly name: string;
    readonly required?: boolean;
    readonly schema: object;
  }[];
  readonly requestBody?: { readonly content: NonNullable<Answer['content']> };
  readonly responses: Readonly<Record<string, Answer & { readonly $ref?: string }>>;
};
type Document = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly responses: Readonly<Record<string, Answer>>;
    readonly schemas: Readonly<Record<string, object>>;
  };
};

const documented = async (): Promise<Document> => (await openapiDocument()) as Document; // The validator says so.

const operationsIn = ({ paths }: Document) =>
  Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ at: `${method} ${path}`, path, ...operation })),
  );

test('the description is what the OpenAPI specification says, with nothing that refers to nothing', async () => {
  const validator = new Validator();
  const { valid, errors } = await validator.validate({ ...(await openapiDocument()) });
  assert.ok(valid, JSON.stringify(errors));
  assert.equal(validator.version, '3.1');
});

test('every operation has a name of its own, a summary, and all parameters of its path', async () => {
  const operations = operationsIn(await documented());
  assert.ok(operations.length >= 60);
  const ids = operations.map(({ operationId }) => operationId ?? '');
  assert.deepEqual(
    ids.filter((id, index) => !/^[a-z][a-zA-Z]+$/.test(id) || ids.indexOf(id) !== index),
    [],
  );
  for (const { at, path, summary, parameters = [] } of operations) {
    assert.ok(summary !== undefined && summary !== '', `${at} has no summary`);
    const inPath = parameters.filter((one) => one.in === 'path').map(({ name }) => name);
    assert.deepEqual(
      inPath,
      [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name),
      at,
    );
    for (const { name, required, schema } of parameters) {
      assert.ok(required !== true || !('default' in schema), `${at} ${name}`);
    }
  }
});

test('every body that is JSON has a schema with a name, and every name stands for one', async () => {
  const document = await documented();
  const { schemas, responses } = document.components;
  const anonymous = operationsIn(document).flatMap(({ at, requestBody, responses: answers }) => {
    const bodies = Object.entries(answers).map(([status, { $ref, content }]) => {
      const named = responses[$ref?.split('/').at(-1) ?? ''];
      return [`${at} ${status}`, named?.content ?? content] as const;
    });
    return [...bodies, [`${at} body`, requestBody?.content] as const]
      .filter(([, content]) =>
        Object.entries(content ?? {}).some(([type, { schema }]) => type.endsWith('json') && !('$ref' in schema)),
      )
      .map(([where]) => where);
  });
  assert.deepEqual(anonymous, []);
  for (const name of ['User', 'UserPage', 'Reading', 'LatestReading', 'ReadingPage', 'Problem', 'Receipt', 'NewUser']) {
    assert.ok(schemas[name] !== undefined, name);
  }
  const titled = JSON.stringify(document.paths).match(/"title":"/g);
  assert.equal(titled, null, 'a schema with a name stands among the components alone');
});

test('times of answers are date-times', async () => {
  const { schemas } = (await documented()).components;
  const texts = Object.entries(schemas).flatMap(([schema, { properties = {} }]: [string, { properties?: object }]) =>
    Object.entries(properties).map(
      ([name, property]) => [`${schema}.${name}`, property as { format?: string }] as const,
    ),
  );
  const times = texts.filter(([name]) =>
    /\.(time|timestamp|start|last_seen|last_used|\w+_(at|time)|locked_until)$/.test(name),
  );
  assert.ok(times.length > 30, `${times.length} times`);
  const bodies = new Set(['NewApiKey.expires_at', 'ApiKeyChange.expires_at']); // In a request, other forms are taken as well.
  assert.deepEqual(
    times.filter(([name, { format }]) => format !== 'date-time' && !bodies.has(name)).map(([name]) => name),
    [],
  );
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
