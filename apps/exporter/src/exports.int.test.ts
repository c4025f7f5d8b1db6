import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { expireExport, positionText } from '@plenum/document';
import { defineDocumentExport } from '@plenum/domain';
import { formatTimeUs, plenumItself, timeId } from '@plenum/event';
import { messageQuarantined } from '@plenum/quarantine';
import { Type } from 'typebox';
import { ann, beginUs, exporterWorld, sha256 } from './testing/exporter-world.ts';

const timed = { timeout: 180_000 };

/** Asked of the tables in another way than the exporter does. */
const readingsByHand = `
  select log_partition, log_offset, event_id, sensor_id, node_id, sensor_type, value, unit,
         to_char(timestamp at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "timestamp",
         to_char(effective_time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as effective_time,
         to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as created_at,
         location::text, metadata::text
    from public.sensor_data order by log_partition, log_offset`;

type Finished = {
  readonly position: string;
  readonly rows: number;
  readonly conformance: string;
  readonly position_time: number;
};

describe('an export', timed, () => {
  it('of a ledger is the same as of a position, whatever comes after, in every format', async (t) => {
    const world = await exporterWorld(t);
    const { pool, read, ask, until, bytesOf, lastEvent } = world;
    await read(1_500, { metadata: '{"note":"a\\nb, \\"c\\""}' });
    world.startExporter();
    const first = await until(await ask('readings', 'csv'), 'ready', 'failed');
    const bytes = await bytesOf(first.file);
    assert.equal(first.digest, sha256(bytes));
    assert.equal(first.bytes, bytes.length);
    const { rows } = await pool.query({ text: readingsByHand, rowMode: 'array' });
    const field = (value: string | number | null): string => {
      const text = value === null ? '' : String(value);
      return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    };
    const [head = '', ...lines] = bytes.toString().split('\n');
    assert.match(head, /^log_partition,log_offset,event_id,sensor_id/);
    assert.equal(
      lines.slice(0, -1).join('\n'),
      rows.map((row: (string | number | null)[]) => row.map(field).join(',')).join('\n'),
    );

    const id = first.file?.split('/')[1] ?? '';
    const event = await lastEvent(id);
    const { position, rows: count, conformance, position_time } = event.data as Finished;
    assert.equal(count, 1_500);
    assert.equal(JSON.parse(conformance).sha256, first.digest);
    assert.equal(position_time, beginUs + 1_500 * 1_000);

    await read(700);
    const as_of = positionText(JSON.parse(position));
    const again = await until(await ask('readings', 'csv', { as_of }), 'ready', 'failed');
    assert.equal(again.digest, first.digest);
    const byTime = await until(await ask('readings', 'csv', { as_of: formatTimeUs(position_time) }), 'ready', 'failed');
    assert.equal(byTime.digest, first.digest);
    const now = await until(await ask('readings', 'csv'), 'ready', 'failed');
    assert.notEqual(now.digest, first.digest);
    assert.equal((await bytesOf(now.file)).toString().split('\n').length, 2_202);

    const asJson = await until(await ask('readings', 'ndjson', { as_of }), 'ready', 'failed');
    const objects = (await bytesOf(asJson.file))
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.equal(objects.length, 1_500);
    assert.deepEqual(
      objects.map(({ log_partition, log_offset, effective_time, value }) => [
        log_partition,
        log_offset,
        effective_time,
        value,
      ]),
      rows.map((row: string[]) => [Number(row[0]), Number(row[1]), row[9], Number(row[6])]),
    );
    assert.deepEqual(objects[0].metadata, { note: 'a\nb, "c"' });
  });

  it('is of what was asked for alone', async (t) => {
    const { read, ask, until, bytesOf, startExporter } = await exporterWorld(t);
    await read(100);
    startExporter();
    const filters = { sensor_id: ['ceiling_node_1_temperature', "ceiling_node_2'); drop table x; --"] };
    const [from, to] = [formatTimeUs(beginUs + 20_000), formatTimeUs(beginUs + 60_000)];
    const { file } = await until(await ask('readings', 'csv', { filters, from, to }), 'ready', 'failed');
    const lines = (await bytesOf(file)).toString().trimEnd().split('\n').slice(1);
    // Of the numbers 20 to 59 those that leave 1 when divided by 7.
    assert.equal(lines.length, 6);
    for (const line of lines) assert.match(line, /,ceiling_node_1_temperature,/);
  });

  it('of events has those of its organisation, with nobody named', async (t) => {
    const { read, ask, until, bytesOf, startExporter, log, codec, store } = await exporterWorld(t);
    await read(50);
    await ask('readings', 'csv', {}, { ...ann, organisation: 'acme' });
    const mine = await ask('nodes', 'csv');
    // What the outbox relay would do.
    const records = (await Promise.all([mine].map(async (id) => (await store.load(`export-${id}`)).events))).flat();
    await log.append(records.map(codec.encode));
    startExporter();
    const topic = ['plenum.ceiling.readings'];
    for (const format of ['csv', 'ndjson']) {
      const { file, digest } = await until(await ask('events', format, { filters: { topic } }), 'ready', 'failed');
      const bytes = await bytesOf(file);
      assert.equal(digest, sha256(bytes));
      assert.equal(bytes.toString().trimEnd().split('\n').length, format === 'csv' ? 51 : 50);
    }
    const of = { topic: ['plenum.document.decisions'] };
    const decided = await until(await ask('events', 'ndjson', { filters: of }), 'ready', 'failed');
    const [one, ...others] = (await bytesOf(decided.file))
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual([one.type, one.data.export_id, others], ['plenum.document.ExportRequested', mine, []]);
    const part = { ...of, partition: [one.partition], from_offset: [one.offset + 1] };
    const none = await until(await ask('events', 'csv', { filters: part }), 'ready', 'failed');
    assert.equal((await bytesOf(none.file)).toString().trimEnd().split('\n').length, 1);
  });

  it('of events shows what MQTT clients sent along', async (t) => {
    const { ask, until, bytesOf, startExporter, log, codec } = await exporterWorld(t);
    const said = { clientId: 'c', topic: 't', payload: new Uint8Array(), lengthBytes: 0, sha256: '' };
    const why = { code: 'empty', detail: 'the body is empty' };
    const [plain, sentAlong] = [1, 2].map((n) =>
      messageQuarantined(timeId(n, new Uint8Array(16)), { ...said, receivedTimeUs: n * 1_000 }, why),
    );
    assert.ok(plain !== undefined && sentAlong !== undefined);
    const userProperties = [
      ['hop', 'gw-1'],
      ['hop', '"\u0000\ud800é'],
      ['', ''],
    ] as const;
    await log.append([codec.encode(plain), codec.encode({ ...sentAlong, userProperties })]);
    startExporter();
    const filters = { topic: ['plenum.quarantine.messages'] };
    const shown = async (format: string): Promise<string> => {
      const { file, state } = await until(await ask('events', format, { filters }), 'ready', 'failed');
      assert.equal(state, 'ready', format);
      return (await bytesOf(file)).toString();
    };
    const lines = (await shown('ndjson'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).user_properties);
    assert.deepEqual(lines, [null, userProperties]);
    assert.ok((await shown('csv')).includes('[[""hop"",""gw-1""]'));
    await shown('parquet'); // Ready is what was read back.
  });

  it('of a document is what the domain composes, or its reason', async (t) => {
    const { ask, until, bytesOf, startExporter, lastEvent, read } = await exporterWorld(t);
    await read(3);
    const note = defineDocumentExport({
      ...{ kind: 'note', about: 'For tests.', permission: 'read:sensors', formats: ['txt', 'json', 'pdf'] },
      projections: [{ name: 'readings', topics: [] }],
      options: Type.Object({ say: Type.String() }),
      compose: async (sql, { options, timeUs }) => {
        if (options.say === 'nothing')
          return { outcome: 'refused', code: 'not-found', reason: 'There is nothing to say.' };
        const [row] = await sql<{ readonly rows: number }>('select count(*) as rows from sensor_data');
        return { outcome: 'composed', content: { kind: 'text', text: `${options.say} ${row?.rows} ${timeUs}` } };
      },
    });
    startExporter({}, [note]);
    const said = await until(await ask('note', 'txt', { options: { say: 'readings:' } }), 'ready', 'failed');
    assert.equal((await bytesOf(said.file)).toString(), `readings: 3 ${beginUs + 3_000}`);
    const refused: readonly (readonly [string, string, string])[] = [
      ['txt', 'nothing', 'not-found'],
      ['json', 'readings:', 'not-certified'],
      ['pdf', 'readings:', 'not-possible'],
    ];
    for (const [format, say, code] of refused) {
      const id = await ask('note', format, { options: { say } });
      const ended = await until(id, 'ready', 'failed');
      assert.equal(ended.state, 'failed', format);
      assert.equal(((await lastEvent(id)).data as { code: string }).code, code);
    }
  });

  it('that is too large, or of what is to come, fails with its reason and leaves nothing', async (t) => {
    const { ask, until, startExporter, lastEvent, read, files } = await exporterWorld(t);
    await read(500);
    const small = startExporter({ bytesMax: 1_000 });
    const codeOf = async (id: string): Promise<string> => {
      assert.equal((await until(id, 'ready', 'failed')).state, 'failed');
      return ((await lastEvent(id)).data as { code: string }).code;
    };
    assert.equal(await codeOf(await ask('readings', 'csv')), 'too-large');
    await small.stop();
    startExporter({ rowsMax: 100 });
    assert.equal(await codeOf(await ask('readings', 'ndjson')), 'too-large');
    const beyond = positionText({ 'plenum.ceiling.readings': Array(8).fill('100000') });
    assert.equal(await codeOf(await ask('readings', 'csv', { as_of: beyond })), 'not-possible');
    assert.equal(await codeOf(await ask('ghosts', 'csv')), 'not-possible');
    for await (const { name } of files.list('')) assert.fail(`${name} was left`);
  });

  it('expires, and what nobody will fetch is removed', async (t) => {
    const { ask, until, startExporter, read, files, decide, filesDir: _ } = await exporterWorld(t);
    await read(5);
    async function* bytes() {
      yield Buffer.from('half');
    }
    await files.put('exports/0190a7f0-2222-7abc-8def-000000000002/1/readings.csv', bytes(), { bytesMax: 100 });
    startExporter({ keepMs: 1 });
    await until(await ask('readings', 'csv'), 'expired');
    const isEmpty = async (): Promise<boolean> => {
      for await (const _file of files.list('')) return false;
      return true;
    };
    while (!(await isEmpty())) await sleep(20, undefined, { signal: t.signal });
    // And one that is ended by somebody before it is made.
    const id = await ask('nodes', 'csv');
    await decide(expireExport(id, plenumItself), 'now');
    await until(id, 'expired');
  });
});
