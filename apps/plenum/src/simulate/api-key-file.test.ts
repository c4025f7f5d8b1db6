import assert from 'node:assert/strict';
import { it } from 'node:test';
import { apiKeyIn } from './api-key-file.ts';

const given = (written: string) =>
  apiKeyIn('-', async function* () {
    yield Buffer.from(written);
  });

it('takes an API key as it is, or as `keys issue --json` writes it', async () => {
  const key = '0123456789abcdef'.repeat(4);
  assert.equal(await given(`${key}\n`), key);
  assert.equal(await given(`{"outcome":"done","id":"k","secret":"${key}"}\n`), key);
  // JSON by chance: 64 digits are a number.
  assert.equal(await given('1'.repeat(64)), '1'.repeat(64));
});

it('takes nothing else, and does not say what it was given', async () => {
  for (const written of ['', '\n', 'a key\nof two lines', '{"secret":1, "id":"k"}', 'schlüssel']) {
    await assert.rejects(given(written), /^Error: standard input is to have an API key and nothing else/);
  }
});
