/** Rebuilding a projection beside a running Plenum that has traffic: nobody who asks notices. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { whyNoKafka } from '@plenum/local-kafka/testing';
import { testDirectory } from '@plenum/postgres/testing';
import { startProgram } from '@plenum/runtime/testing';
import { plenumUp } from '../testing/plenum-up.ts';
import { lastLine, type Place, plenumMain, runPlenum } from '../testing/run-plenum.ts';

const noKafka = await whyNoKafka();

describe('replay rebuild', () => {
  it('takes the place of what queries see, under traffic, on the embedded log', { timeout: 240_000 }, async (t) => {
    await rebuildsUnderTraffic(t, { PLENUM_DATA_DIR: testDirectory(t) });
  });

  it('does the same on Kafka', { timeout: 400_000, skip: noKafka }, async (t) => {
    const place = { PLENUM_DATA_DIR: testDirectory(t), LOG: 'kafka' };
    const kafka = await runPlenum(place, ['kafka', 'up', '--json']);
    assert.equal(kafka.code, 0, kafka.stderr);
    try {
      await rebuildsUnderTraffic(t, place);
    } finally {
      await runPlenum(place, ['kafka', 'down', '--json']);
    }
  });

  it('says what it is asked in vain', async (t) => {
    const place = { PLENUM_DATA_DIR: testDirectory(t) };
    const unknown = await runPlenum(place, ['replay', 'rebuild', 'nothing']);
    assert.deepEqual([unknown.code, /there is no projection "nothing"/.test(unknown.stderr)], [64, true]);
    const unsaid = await runPlenum(place, ['replay', 'drop']);
    assert.match(unsaid.stderr, /replay drop needs PROJECTION/);
  });
});

const rebuildsUnderTraffic = async (t: TestContext, place: Place): Promise<void> => {
  const before = await runPlenum(place, ['demo', '--once', '--json', '--messages', '4000', '--nodes', '10']);
  assert.equal(before.code, 0, before.stderr);
  const up = await plenumUp(t, place);
  const issue = ['keys', 'issue', '--name', 'asking', '--role', 'administrator', '--rate', '1000000', '--json'];
  const key = String(lastLine(await runPlenum(place, issue)).secret);
  const traffic = startProgram(t, {
    words: [plenumMain, 'simulate', '--url', up.mqttUrl, '--rate', '200', '--nodes', '10', '--seed', '5'],
    env: process.env,
  });
  const asking = askUntilEnd(up.apiUrl, key);
  try {
    const [one, other] = await Promise.all([
      runPlenum(place, ['replay', 'rebuild', 'readings', '--json']),
      runPlenum(place, ['replay', 'rebuild', '--json', 'readings']),
    ]);
    for (const rebuilt of [one, other]) assert.equal(rebuilt.code, 0, rebuilt.stderr);
    assert.deepEqual([lastLine(one).generation, lastLine(other).generation], [2, 2]);
    await asking.sees('g2');
    const drop = await runPlenum(place, ['replay', 'drop', 'readings', '--json']);
    assert.deepEqual([drop.code, lastLine(drop).left], [0, []]);
  } finally {
    await asking.end();
  }
  assert.deepEqual(asking.failures, []);
  assert.ok(asking.answers() > 20, `${asking.answers()} answers are too few`);
  traffic.process.kill('SIGTERM');
  await traffic.exited;
  await up.stop();
  const verified = await runPlenum(place, ['replay', 'verify', '--json']);
  assert.deepEqual([verified.code, lastLine(verified).equal], [0, true], verified.stdout);
};

/** Asks one request after the other, and notes what no client should see. */
const askUntilEnd = (apiUrl: string, key: string) => {
  const failures: string[] = [];
  const offsets = new Map<string, number>();
  let answers = 0;
  let [ended, build] = [false, ''];
  const look = Promise.withResolvers<void>();
  let wanted: string | undefined;
  const note = (position: string): void => {
    // Opaque to clients; that it never goes back is what they may rely on.
    const places = JSON.parse(Buffer.from(position, 'base64url').toString()) as Record<string, readonly string[]>;
    for (const [place, nexts] of Object.entries(places)) {
      const [of = '', topic = ''] = place.split('/');
      build = of;
      for (const [partition, next] of nexts.entries()) {
        const at = `${topic}/${partition}`;
        if (Number(next) < (offsets.get(at) ?? 0))
          failures.push(`${place} went back from ${offsets.get(at)} to ${next}`);
        offsets.set(at, Math.max(Number(next), offsets.get(at) ?? 0));
      }
    }
    if (wanted !== undefined && build.endsWith(`.${wanted}`)) look.resolve();
  };
  const ask = async (): Promise<void> => {
    while (!ended) {
      const answer = await fetch(`${apiUrl}/api/v1/readings/latest`, { headers: { 'x-api-key': key } });
      const body = await answer.text();
      answers += 1;
      if (answer.status === 200) note(answer.headers.get('plenum-position') ?? '');
      else failures.push(`${answer.status} ${body}`);
    }
  };
  const asking = ask().catch((error: unknown) => void failures.push(String(error)));
  return {
    failures,
    answers: () => answers,
    sees: async (generation: string): Promise<void> => {
      wanted = generation;
      await Promise.race([look.promise, asking]);
    },
    end: async (): Promise<void> => {
      ended = true;
      await asking;
    },
  };
};
