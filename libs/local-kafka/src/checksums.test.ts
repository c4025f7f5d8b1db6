import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { it } from 'node:test';
import { differences, digestsOf, expectedDigests, formatDigests, parseDigests } from './checksums.ts';
import { kafkaRelease, kafkaVersions, registryReleases } from './releases.ts';

it('names what is missing, what is too much and what differs', async (t) => {
  const directory = await mkdtemp(path.join(tmpdir(), 'plenum-checksums-'));
  t.after(() => rm(directory, { recursive: true }));
  for (const name of ['a.jar', 'b.jar', 'c.jar']) await writeFile(path.join(directory, name), name);
  const found = await digestsOf(directory);
  assert.deepEqual(parseDigests(formatDigests(found)), found);
  assert.deepEqual(differences(found, found), []);
  const expected = new Map([...found, ['d.jar', '00'], ['b.jar', '00']]);
  expected.delete('c.jar');
  assert.deepEqual(differences(found, expected), ['d.jar is missing', 'c.jar is not expected', 'b.jar differs']);
});

it('has a list for every release', async () => {
  for (const release of [...kafkaVersions.map(kafkaRelease), ...Object.values(registryReleases)]) {
    assert.ok((await expectedDigests(release.name)).size > 40, release.name);
  }
});
