/** The demonstration on a real Kafka with a real registry: its own, and one that is already there; a broker before it. */
import assert from 'node:assert/strict';
import { chmod, mkdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { whyNoKafka } from '@plenum/local-kafka/testing';
import { mosquittoMissing } from '@plenum/local-mosquitto/testing';
import { testDirectory } from '@plenum/postgres/testing';
import { lastLine, outcomeOf, runPlenum, smallDemo, smallOutcome } from '../testing/run-plenum.ts';

const skip = await whyNoKafka();

describe('the demo on Kafka', { skip }, () => {
  it('runs one for as long as it needs it', async (t) => {
    const place = { PLENUM_DATA_DIR: testDirectory(t) };
    const ended = await runPlenum(place, [...smallDemo, '--log', 'kafka']);
    assert.equal(ended.code, 0, ended.stderr);
    assert.deepEqual(outcomeOf(ended), smallOutcome('kafka'));
    const status = await runPlenum(place, ['kafka', 'status', '--json']);
    assert.deepEqual([status.code, lastLine(status)], [1, { state: 'down' }]);
  });

  describe('that runs already', () => {
    const folder = path.join(tmpdir(), `plenum-demo-kafka-${process.pid}`);
    const place = { PLENUM_DATA_DIR: path.join(folder, 'data'), LOG: 'kafka' };

    before(async () => {
      await mkdir(folder);
      // For the ordinary user that a PostgreSQL started as root becomes.
      await chmod(folder, 0o755);
      const up = await runPlenum(place, ['kafka', 'up', '--json']);
      assert.deepEqual([up.code, lastLine(up).state], [0, 'up'], up.stderr);
    });
    after(async () => {
      const down = await runPlenum(place, ['kafka', 'down', '--json']);
      await rm(folder, { recursive: true, force: true });
      assert.deepEqual(lastLine(down), { stopped: 2 });
    });

    it('takes one run after the other', async () => {
      for (const run of ['on empty data', 'on kept data']) {
        const ended = await runPlenum(place, smallDemo);
        assert.equal(ended.code, 0, `${run}: ${ended.stderr}`);
        assert.deepEqual(outcomeOf(ended), smallOutcome('kafka'), run);
      }
      const fresh = await runPlenum(place, [...smallDemo, '--fresh']);
      assert.match(fresh.stderr, /a Kafka runs on .*: npm run plenum -- kafka down/);
    });

    it('shows the tools what is in it', async () => {
      const verified = await runPlenum(place, ['replay', 'verify', '--json']);
      assert.deepEqual([verified.code, lastLine(verified).equal], [0, true], verified.stderr);
      const file = path.join(folder, 'refused.ndjson');
      const exported = await runPlenum(place, [
        'replay',
        'export',
        '--topic',
        'plenum.quarantine.messages',
        '--out',
        file,
      ]);
      assert.equal(exported.code, 0, exported.stderr);
      assert.equal((await readFile(file, 'utf8')).trim().split('\n').length, 20);
    });

    it('takes what a broker hands over', { skip: mosquittoMissing }, async () => {
      const ended = await runPlenum(place, [...smallDemo, '--log', 'kafka', '--mqtt', 'connect']);
      assert.equal(ended.code, 0, ended.stderr);
      assert.deepEqual(outcomeOf(ended), smallOutcome('kafka'));
    });
  });
});
