/** `plenum nodes …` as a process of its own: beside a running Plenum, which shows what was decided, and alone. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { it } from 'node:test';
import { testDirectory } from '@plenum/postgres/testing';
import { plenumUp } from '../testing/plenum-up.ts';
import { type Ended, lastLine, runPlenum } from '../testing/run-plenum.ts';

const linesOf = ({ stdout }: Ended): readonly Record<string, unknown>[] =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>); // As the command writes with --json.

it('enrols nodes, gives them keys and certificates, and takes all of it away again', async (t) => {
  const place = { PLENUM_DATA_DIR: testDirectory(t) };
  const up = await plenumUp(t, place);
  const nodes = (...words: readonly string[]) => runPlenum(place, ['nodes', ...words]);

  const one = await nodes('enrol', '--node', 'n1', '--at', '1,0,2.5', '--zone', 'roof', '--sensors', 'temperature');
  assert.deepEqual([one.code, one.stdout], [0, 'n1 is enrolled\n']);
  const again = await nodes('enrol', '--node', 'n1', '--at', '1,0,2.5', '--zone', 'roof', '--sensors', 'temperature');
  assert.match(again.stdout, /^n1 was enrolled before\n$/);
  const issued = lastLine(await nodes('key', 'issue', '--node', 'n1', '--json'));
  assert.match(String(issued.secret), /^[0-9a-f]{64}$/);
  assert.equal(issued.user_name, `n1/${issued.key_id}`);
  const printed = await nodes('key', 'issue', '--node', 'n1');
  assert.match(
    printed.stdout,
    /^key (?<id>[0-9a-f]{8}) of n1 is issued, with the user name n1\/\k<id>\nKey, which is shown this once: [0-9a-f]{64}\n$/,
  );
  const third = await nodes('key', 'issue', '--node', 'n1');
  assert.deepEqual([third.code, third.stdout], [1, '']);
  assert.equal(third.stderr, 'plenum: A node has at most 2 keys: revoke one first.\n');
  const revoked = await nodes('key', 'revoke', '--node', 'n1', '--key', String(issued.key_id));
  assert.equal(revoked.stdout, `key ${issued.key_id} of n1 is revoked\n`);

  const file = path.join(place.PLENUM_DATA_DIR, 'nodes.csv');
  writeFileSync(file, 'node_id,x,y,z,sensors\nn1,9,9,9,\nn2,1,2,3,humidity\nall,1,2,3,\nn3,1,2,3,n2_humidity\n');
  const many = await nodes('enrol', '--csv', file, '--keys', '--json');
  assert.equal(many.code, 1, many.stderr);
  assert.deepEqual(
    linesOf(many).map(({ line, outcome }) => [line, outcome]),
    [
      ...[
        [2, 'refused'],
        [3, 'enrolled'],
        [4, 'refused'],
        [5, 'refused'],
      ],
      [undefined, 'done'],
    ],
  );
  assert.match(String(linesOf(many)[1]?.key), /^[0-9a-f]{64}$/);
  assert.deepEqual(lastLine(many), { outcome: 'done', nodes: 4, enrolled: 1, unchanged: 0, refused: 3 });
  for (const [words, wrong] of [
    [['enrol'], /say either --csv, or --node/],
    [['enrol', '--csv', file, '--node', 'n1'], /say either --csv, or --node/],
    [['enrol', '--node', 'n1', '--at', '1,2'], /--at 1,0,2\.5/],
  ] as const) {
    const refused = await nodes(...words);
    assert.equal(refused.code, 64);
    assert.match(refused.stderr, wrong);
  }

  const subject = ['certificate', 'set', '--subject', 'node one'];
  assert.equal((await nodes(...subject, '--node', 'n2')).stdout, 'n2 signs in with the certificate of node one\n');
  assert.match((await nodes(...subject, '--node', 'n1')).stderr, /Another node has/);
  assert.equal((await nodes('disable', '--node', 'n2')).stdout, 'n2 is disabled\n');
  assert.equal((await nodes('disable', '--node', 'n2')).stdout, 'Nothing to do: n2 is disabled\n');
  const stale = await nodes('enable', '--node', 'n2', '--expected-version', '1', '--json');
  assert.deepEqual([stale.code, lastLine(stale).outcome, lastLine(stale).version], [1, 'conflict', 4]);
  const beside = lastLine(await nodes('list', '--state', 'disabled', '--json'));
  assert.partialDeepStrictEqual(beside, { nodes: [{ node_id: 'n2', certificate: 'node one' }], notShownYet: 0 });
  await up.stop();

  assert.equal((await nodes('certificate', 'remove', '--node', 'n2')).stdout, 'n2 signs in with no certificate\n');
  assert.equal((await nodes('enable', '--node', 'n2')).stdout, 'n2 is enabled\n');
  assert.equal((await nodes('remove', '--node', 'n1')).stdout, 'n1 is removed\n');
  const listed = await nodes('list');
  assert.match(listed.stdout, /^node {2}state .*\nn1 +removed .*\nn2 +enrolled /);
  const shown = lastLine(await nodes('show', '--node', 'n2', '--json'));
  assert.partialDeepStrictEqual(shown, { nodes: [{ node_id: 'n2', certificate: null, sensors: ['humidity'] }] });
  const nobody = await nodes('show', '--node', 'nobody');
  assert.deepEqual([nobody.code, nobody.stdout], [1, 'There are no nodes.\n']);
  for (const secret of [issued.secret, linesOf(many)[1]?.key]) {
    assert.ok(!`${up.said()}${listed.stdout}${JSON.stringify(shown)}`.includes(String(secret)), 'a key is shown again');
  }
});
