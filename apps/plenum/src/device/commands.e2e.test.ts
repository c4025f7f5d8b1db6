/** The commands about commands to nodes, as processes of their own: beside a running Plenum, and alone. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testDirectory } from '@plenum/postgres/testing';
import { plenumUp, type Running } from '../testing/plenum-up.ts';
import { lastLine, runPlenum } from '../testing/run-plenum.ts';

const asked = async ({ apiUrl }: Running, path: string, body: object, token?: string): Promise<Response> => {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const headers = { 'content-type': 'application/json', ...authorization };
  const response = await fetch(`${apiUrl}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  assert.ok(response.ok, `${path} answered ${response.status}`);
  return response;
};

/** A node that is enrolled and never connects. */
const enrolled = async (up: Running, node_id: string): Promise<void> => {
  const login = await asked(up, '/api/auth/login', { username: 'admin', password: up.password });
  const { token } = (await login.json()) as { readonly token: string }; // As the route declares it.
  await asked(up, '/api/v1/nodes', { node_id, location: { x: 1, y: 2, z: 3 }, sensors: ['humidity'] }, token);
};

test('a command is sent, shown, watched and taken back, beside a running Plenum and alone', async (t) => {
  const place = { PLENUM_DATA_DIR: testDirectory(t) };
  const up = await plenumUp(t, place);
  const plenum = (...words: readonly string[]) => runPlenum(place, ['commands', ...words]);
  const calibrate = ['send', '--command', 'calibrate', '--expires-in', '3600'] as const;
  const missing = await plenum(...calibrate, '--target', 'node-17');
  assert.deepEqual([missing.code, missing.stderr], [1, 'plenum: No node of this id is enrolled.\n']);
  await enrolled(up, 'node-17');

  const parameters = ['--parameters', '{"offset":-0.3}'] as const;
  const sent = await plenum(...calibrate, '--target', 'node-17', ...parameters, '--command-id', 'c1', '--json');
  const id = String(lastLine(sent).id);
  assert.deepEqual([sent.code, lastLine(sent).how], [0, 'recorded'], sent.stderr);
  const again = await plenum(...calibrate, '--target', 'node-17', ...parameters, '--command-id', 'c1', '--json');
  assert.deepEqual([lastLine(again).how, lastLine(again).id], ['known', id]);

  const shown = lastLine(await plenum('show', id, '--json'));
  const whole = { command_id: id, node_id: 'node-17', state: 'accepted', parameters: { offset: -0.3 } };
  assert.partialDeepStrictEqual(shown, { ...whole, is_final: false });
  const cancelled = await plenum('cancel', id);
  assert.deepEqual([cancelled.code, cancelled.stdout], [0, `${id} is taken back\n`], cancelled.stderr);
  const watched = await plenum('watch', id);
  assert.equal(watched.code, 1, 'it did not succeed');
  assert.match(watched.stdout, /cancelled\n$/);
  const twice = await plenum('cancel', id);
  assert.deepEqual([twice.code, twice.stderr], [1, 'plenum: The command has ended already.\n']);

  await up.stop();
  const late = lastLine(await plenum(...calibrate, '--nodes', 'node-17', '--json'));
  const listed = lastLine(await plenum('list', '--json')).commands as readonly object[]; // As `list` writes them.
  assert.partialDeepStrictEqual(listed, [{ command_id: late.id, target: 'nodes', nodes: 1, state: 'requested' }]);
  assert.equal(listed.length, 2);
  const alone = await plenum('watch', String(late.id), '--json');
  assert.deepEqual([alone.code, lastLine(alone).state], [1, 'requested']);
  assert.match(alone.stderr, /no Plenum runs here/);
  assert.match((await plenum('show', id)).stdout, /^calibrate for node-17 is cancelled\.\n.*\n.*requested .*"by"/);
});

test('what is no command is said before anything is opened', async (t) => {
  const place = { PLENUM_DATA_DIR: testDirectory(t) };
  const cases: readonly (readonly [words: readonly string[], says: RegExp])[] = [
    [['send', '--command', 'c'], /give --target or --nodes/],
    [['send', '--command', 'c', '--target', 'a', '--parameters', '[]'], /--parameters must be a JSON object/],
    [['send', '--command', 'c', '--target', 'a', '--expires-in', '9999999'], /expires_in must be 1 to 2592000 seconds/],
    [['list', '--state', 'gone'], /--state must be one of requested, accepted/],
  ];
  for (const [words, says] of cases) {
    const refused = await runPlenum(place, ['commands', ...words]);
    assert.equal(refused.code, 64, refused.stderr);
    assert.match(refused.stderr, says);
  }
});
