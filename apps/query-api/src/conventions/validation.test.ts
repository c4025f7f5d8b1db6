import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeApp } from '../testing/fake-app.ts';
import { willingAuthentication } from '../testing/willing-authentication.ts';

test('of the body of a known caller every fault is named, of a stranger’s the first', async (t) => {
  const app = await fakeApp(t, { authentication: willingAuthentication() });
  const faults = async (url: string, payload: object) => {
    const answer = await app.inject({ method: 'POST', url, payload });
    assert.equal(answer.statusCode, 400, answer.body);
    const errors: readonly { readonly in: string; readonly parameter: string }[] = answer.json().errors;
    return errors.map(({ parameter }) => parameter).toSorted();
  };
  const user = { name: 7, role: 'king', permissions: Array.from({ length: 65 }, () => 'x'), nickname: 'Ann' };
  assert.deepEqual(await faults('/api/v1/users', { ...user, name: '' }), [
    'login',
    'name',
    'nickname',
    'permissions',
    'role',
  ]);
  assert.equal((await faults('/api/v1/sessions', { login: '', password: '', nickname: 'Ann' })).length, 1);
  const many = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`x${index}`, 1]));
  assert.equal((await faults('/api/v1/users', many)).length, 50);
});
