import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatTimeUs, parseTimeUs } from '@plenum/event';
import fc from 'fast-check';
import { nowUs } from '../../testing/fake-app.ts';
import { type World, world } from '../../testing/world.ts';

type Said = { readonly sensor: string; readonly type: string; readonly value: number; readonly timeUs: number };

const at = { x: 1, y: 2, z: 3 };

const sayReading = ({ say }: World, { sensor, type, value, timeUs }: Said) =>
  say(`ceiling/sensors/${sensor}/data`, {
    sensor_type: type,
    value,
    unit: 'u',
    timestamp: formatTimeUs(timeUs),
    location: at,
    event_id: `${sensor} ${value} ${timeUs}`,
  });

const allOf = async (
  { get }: World,
  first: string,
  between: () => Promise<void>,
): Promise<readonly { event_id: string }[]> => {
  const items: { event_id: string }[] = [];
  for (let url: string | null = first; url !== null; ) {
    const page: { items: { event_id: string }[]; next: string | null } = await get(url);
    items.push(...page.items);
    url = page.next;
    if (url !== null) await between();
  }
  return items;
};

test('pages visit every row once while others come in', async (t) => {
  const there = await world(t);
  let run = 0;
  const few = fc.array(
    fc.record({
      of: fc.constantFrom('temperature', 'humidity', 'claimed'),
      // Few moments and many readings: order among equals is what pages get wrong.
      second: fc.integer({ min: -40, max: 0 }),
      value: fc.integer({ min: 0, max: 1_000_000 }),
    }),
    { minLength: 1, maxLength: 25 },
  );
  const asked = fc.record({
    by: fc.constantFrom('sensor', 'node', 'type'),
    order: fc.constantFrom('asc', 'desc'),
    limit: fc.integer({ min: 1, max: 4 }),
  });

  await fc.assert(
    fc.asyncProperty(few, few, asked, async (before, meanwhile, { by, order, limit }) => {
      run += 1;
      const node = `n${run}`;
      await there.say(`ceiling/nodes/${node}/registration`, { location: at, sensors: [`odd ${run}`] });
      // A type of its own for each run, as far as there are types: months far apart keep runs of one type apart.
      const base = nowUs - run * 86_400_000_000;
      const said = ({ of, second, value }: (typeof before)[number]): Said => ({
        sensor: of === 'claimed' ? `odd ${run}` : `${node}_${of}`,
        type: of === 'claimed' ? 'vibration' : of,
        value,
        timeUs: base + second * 1_000_000,
      });
      const wanted = (reading: Said): boolean =>
        by === 'node' || (by === 'sensor' ? reading.sensor === `${node}_humidity` : reading.type === 'humidity');
      const first: string[] = [];
      for (const one of before.map(said)) {
        const { id } = await sayReading(there, one);
        if (wanted(one)) first.push(id);
      }
      await there.project();

      const coming = meanwhile.map(said);
      const more = async (): Promise<void> => {
        const next = coming.pop();
        if (next === undefined) return;
        await sayReading(there, next);
        await there.project();
      };
      const which = { sensor: `sensor=${node}_humidity`, node: `node=${node}`, type: 'type=humidity' }[by];
      const range = `from=${formatTimeUs(base - 41_000_000)}&to=${formatTimeUs(base + 1)}`;
      const seen = await allOf(there, `/api/v1/readings?${which}&${range}&order=${order}&limit=${limit}`, more);

      const ids = seen.map(({ event_id }) => event_id);
      assert.equal(new Set(ids).size, ids.length, 'a row came twice');
      assert.deepEqual(
        [...new Set(first)].filter((id) => !ids.includes(id)),
        [],
        'a row that was there is missing',
      );
      const keys = seen.map((row) =>
        JSON.stringify([(row as unknown as { effective_time: string }).effective_time, row.event_id]),
      );
      assert.deepEqual(keys, order === 'asc' ? keys.toSorted() : keys.toSorted().reverse());
    }),
    { numRuns: 12 },
  );
});

test('intervals are the fold of the raw readings', async (t) => {
  const there = await world(t);
  const units = { m: 60_000_000, h: 3_600_000_000, d: 86_400_000_000 };
  const dayUs = units.d;
  const base = nowUs - 3 * dayUs;
  const readings: Said[] = [];
  // A fixed walk over three days, with halves and quarters that doubles add exactly.
  for (let index = 0, state = 7; index < 240; index += 1) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    const type = index % 3 === 0 ? 'humidity' : 'temperature';
    readings.push({
      sensor: `n${index % 2}_${type}`,
      type,
      value: (state % 4_000) / 4,
      timeUs: base + (state % 259_200) * 1_000_000,
    });
  }
  for (const reading of readings) await sayReading(there, reading);
  await there.project();

  const origin = parseTimeUs('2000-01-03T00:00:00Z') ?? 0;
  for (const [interval, widthUs] of [
    ['1m', units.m],
    ['7m', 7 * units.m],
    ['1h', units.h],
    ['5h', 5 * units.h],
    ['1d', units.d],
  ] as const) {
    for (const [which, wanted, per] of [
      ['sensor=n1_temperature', (one: Said) => one.sensor === 'n1_temperature', 'sensor'],
      ['node=n0', (one: Said) => one.sensor.startsWith('n0_'), 'sensor'],
      ['type=humidity', (one: Said) => one.type === 'humidity', 'sensor'],
      ['type=temperature&per=type', (one: Said) => one.type === 'temperature', 'type'],
    ] as const) {
      const expected = new Map<string, { count: number; min: number; max: number; sum: number }>();
      for (const one of readings.filter(wanted)) {
        const start = origin + Math.floor((one.timeUs - origin) / widthUs) * widthUs;
        const key = `${formatTimeUs(start)} ${per === 'sensor' ? one.sensor : one.type}`;
        const { count, min, max, sum } = expected.get(key) ?? { count: 0, min: Infinity, max: -Infinity, sum: 0 };
        expected.set(key, {
          count: count + 1,
          min: Math.min(min, one.value),
          max: Math.max(max, one.value),
          sum: sum + one.value,
        });
      }
      const from = formatTimeUs(base);
      const limit = expected.size > 30 ? 17 : 1_000;
      for (const order of ['asc', 'desc']) {
        const rows = [];
        let url: string | null =
          `/api/v1/readings/intervals?${which}&interval=${interval}&from=${from}&order=${order}&limit=${limit}`;
        while (url !== null) {
          const page: { items: (Interval & { sensor_id: string | null })[]; next: string | null } =
            await there.get(url);
          rows.push(...page.items);
          url = page.next;
        }
        const got = rows.map(({ start, sensor_id, sensor_type, count, min, max, mean, sum }) => {
          assert.equal(mean, sum / count);
          return [`${start} ${sensor_id ?? sensor_type}`, { count, min, max, sum }] as const;
        });
        const keys = [...expected.keys()].sort();
        assert.deepEqual(
          got.map(([key]) => key),
          order === 'asc' ? keys : keys.reverse(),
          `${which} ${interval} ${order}`,
        );
        assert.deepEqual(new Map(got), expected);
      }
    }
  }
});

type Interval = {
  start: string;
  sensor_type: string;
  count: number;
  min: number;
  max: number;
  mean: number;
  sum: number;
};

test('a range holds what counts as having happened in it, clocks that run ahead included', async (t) => {
  const there = await world(t);
  const aDay = 86_400_000_000;
  const ahead = await sayReading(there, {
    sensor: 'a_humidity',
    type: 'humidity',
    value: 1,
    timeUs: nowUs + 400 * aDay,
  });
  const old = await sayReading(there, { sensor: 'a_humidity', type: 'humidity', value: 2, timeUs: nowUs - 400 * aDay });
  await there.project();
  const idsOf = async (range: string) =>
    (await there.get(`/api/v1/readings?sensor=a_humidity&${range}`)).items.map(
      ({ event_id }: { event_id: string }) => event_id,
    );

  assert.deepEqual(await idsOf(''), [ahead.id, old.id]);
  assert.deepEqual(await idsOf('order=asc'), [old.id, ahead.id]);
  assert.deepEqual(await idsOf(`from=${formatTimeUs(nowUs - aDay)}`), [ahead.id]);
  assert.deepEqual(await idsOf(`to=${formatTimeUs(nowUs - aDay)}`), [old.id]);
  assert.deepEqual(await idsOf(`from=${formatTimeUs(nowUs + aDay)}`), []);
  const [row] = (await there.get('/api/v1/readings?sensor=a_humidity&type=humidity')).items;
  assert.equal(row.timestamp, formatTimeUs(nowUs + 400 * aDay));
  assert.equal(row.effective_time, formatTimeUs(ahead.recordedTimeUs));
  assert.deepEqual(Object.keys(row).length, 13);
});

test('pages distinguish readings that share a message id and an effective time', async (t) => {
  const there = await world(t);
  const event_id = '0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b';
  const aDayUs = 86_400_000_000;
  // Clocks a day or two ahead: all of them count as having happened when they were recorded, at one moment.
  for (const sensor of ['a_humidity', 'b_humidity']) {
    for (const days of [1, 2, 3]) {
      const timestamp = formatTimeUs(nowUs + days * aDayUs);
      const body = { sensor_type: 'humidity', value: days, unit: '%', timestamp, location: at, event_id };
      await there.say(`ceiling/sensors/${sensor}/data`, body);
    }
  }
  await there.project();
  for (const order of ['asc', 'desc']) {
    const seen: string[] = [];
    for (let url: string | null = `/api/v1/readings?type=humidity&order=${order}&limit=1`; url !== null; ) {
      const page: { items: { sensor_id: string; value: number }[]; next: string | null } = await there.get(url);
      seen.push(...page.items.map(({ sensor_id, value }) => `${sensor_id} ${value}`));
      url = page.next;
    }
    const wanted = ['a_humidity 1', 'a_humidity 2', 'a_humidity 3', 'b_humidity 1', 'b_humidity 2', 'b_humidity 3'];
    assert.deepEqual(seen, order === 'asc' ? wanted : wanted.reverse());
  }
});

test('times are taken in every form, and what is no time is refused', async (t) => {
  const there = await world(t);
  const { id } = await sayReading(there, {
    sensor: 'a_humidity',
    type: 'humidity',
    value: 1,
    timeUs: parseTimeUs('2026-03-04T09:15:02.118204Z') ?? 0,
  });
  await there.project();
  const forms = [
    '2026-03-04T09:15:02.118204',
    '2026-03-04T09:15:02.118204Z',
    '2026-03-04T10:15:02.118204%2B01:00',
    '2026-03-04T10:15:02.118204+01:00',
    '2026-03-04%2009:15',
  ];
  for (const from of forms) {
    const { items } = await there.get(`/api/v1/readings?type=humidity&from=${from}`);
    assert.deepEqual(
      items.map(({ event_id }: { event_id: string }) => event_id),
      [id],
      from,
    );
  }
  for (const bad of [
    'from=yesterday',
    'to=2026-02-30T00:00',
    'from=2026-03-05T00:00&to=2026-03-04T00:00',
    'from=1',
    'order=up',
    'type=smell',
  ]) {
    assert.equal((await there.app.inject(`/api/v1/readings?sensor=a&${bad}`)).statusCode, 400, bad);
  }
  for (const bad of [
    '',
    'interval=1m',
    'from=2026-03-04T09:15&interval=0m',
    'from=2026-03-04T09:15&interval=1s',
    'from=1990-01-01T00:00&interval=1m',
  ]) {
    assert.equal((await there.app.inject(`/api/v1/readings/intervals?sensor=a&${bad}`)).statusCode, 400, bad);
  }
  assert.equal((await there.app.inject('/api/v1/readings')).statusCode, 400);
});

test('a sum that no double holds is a problem, not a bug', async (t) => {
  const there = await world(t);
  for (const minute of [1, 2]) {
    await sayReading(there, {
      sensor: 'a_humidity',
      type: 'humidity',
      value: 1.7e308,
      timeUs: nowUs - minute * 60_000_000,
    });
  }
  await there.project();
  const from = formatTimeUs(nowUs - 3_600_000_000);
  const { statusCode, body } = await there.app.inject(
    `/api/v1/readings/intervals?sensor=a_humidity&from=${from}&interval=1d`,
  );
  assert.deepEqual([statusCode, JSON.parse(body).type], [422, '/problems/out-of-range']);
  const { items } = await there.get(`/api/v1/readings/intervals?sensor=a_humidity&from=${from}&interval=1m`);
  assert.equal(items.length, 2);
});

test('latest readings, by sensor, node and type', async (t) => {
  const there = await world(t);
  await there.say('ceiling/nodes/n1/registration', { location: at, sensors: ['odd one'] });
  for (const value of [1, 2]) {
    for (const [sensor, type] of [
      ['n1_humidity', 'humidity'],
      ['n1_temperature', 'temperature'],
      ['odd one', 'humidity'],
      ['n2_humidity', 'humidity'],
    ] as const) {
      await sayReading(there, { sensor, type, value, timeUs: nowUs - 10_000_000 + value });
    }
  }
  await there.project();
  const latest = async (which: string) =>
    (await there.get(`/api/v1/readings/latest?${which}`)).items.map(
      ({ sensor_id, value }: { sensor_id: string; value: number }) => `${sensor_id} ${value}`,
    );
  assert.deepEqual(await latest(''), ['n1_humidity 2', 'n1_temperature 2', 'n2_humidity 2', 'odd one 2']);
  assert.deepEqual(await latest('node=n1'), ['n1_humidity 2', 'n1_temperature 2', 'odd one 2']);
  assert.deepEqual(await latest('node=n1&type=humidity'), ['n1_humidity 2', 'odd one 2']);
  assert.deepEqual(await latest('sensor=odd%20one'), ['odd one 2']);
});
