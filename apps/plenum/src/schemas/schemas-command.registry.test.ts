/** The two commands against a real Apicurio. */
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { events } from '@plenum/catalogue';
import { testRegistry } from '@plenum/local-kafka/testing';
import { main } from '../command-line/main.ts';
import { schemasList, schemasRegister } from './schemas-command.ts';

const { registry, skip, stop } = await testRegistry();
after(stop);

type Said = { readonly code: number; readonly out: string; readonly told: string };

const run = async (words: readonly string[], environment: Readonly<Record<string, string>>): Promise<Said> => {
  let [out, told] = ['', ''];
  const code = await main([schemasRegister, schemasList], words, {
    names: { problems: [], warnings: [] },
    environment: { LOG_LEVEL: 'silent', ...environment },
    out: async (text) => {
      out += text;
    },
    tell: (text) => {
      told += text;
    },
    input: () => assert.fail('nothing is read'),
    columns: () => undefined,
    stop: new AbortController().signal,
  });
  return { code, out, told };
};

describe('schemas', { skip }, () => {
  const environment = { SCHEMA_REGISTRY_URL: registry?.url ?? '' };
  const versions = events.flatMap(({ schemas }) => schemas).length;

  it('are missing, are registered, and then are there', async () => {
    const before = await run(['schemas', 'list'], environment);
    assert.equal(before.code, 1);
    assert.equal(before.out.split('not registered').length - 1, versions);

    const registered = await run(['schemas', 'register', '--json'], environment);
    assert.equal(registered.code, 0, registered.told);
    const { schemas } = JSON.parse(registered.out) as { schemas: readonly { readonly id: number }[] };
    assert.equal(new Set(schemas.map(({ id }) => id)).size, versions);

    const afterwards = await run(['schemas', 'list', '--json'], environment);
    assert.deepEqual([afterwards.code, JSON.parse(afterwards.out)], [0, { schemas }]);
  });
});

it('without a registry there is nothing to ask', async () => {
  const { code, told } = await run(['schemas', 'register'], {});
  assert.equal(code, 78);
  assert.match(told, /SCHEMA_REGISTRY_URL is missing/);
});
