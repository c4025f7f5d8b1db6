/**
 * The bare side of a replay from PostgreSQL: a SELECT through the driver alone, and a count. The log keeps batches as rows,
 * so counting rows would count a hundredth; this makes an object of every record, as a Kafka client does before anybody
 * can count it, and nothing else: no text, no event. Bodies are checked and decompressed by the log's own code, which a Kafka client
 * would do as well.
 */
import { readingsTopic } from '@plenum/ceiling';
import pg from 'pg';
import { to } from 'pg-copy-streams';
import { entries, eventShape } from '../../../libs/postgres/src/log/batch-writer.ts';
import { openBody } from '../../../libs/postgres/src/log/body-form.ts';
import { serve } from '../machine/serve.ts';
import { runPasses } from './passes.ts';

export type Start = { readonly url: string };

/** A record as kafkajs hands it to the code that counts. */
type Frame = {
  readonly offset: string;
  readonly timestamp: string;
  readonly key: Buffer;
  readonly value: Buffer;
  readonly headers: Readonly<Record<string, Buffer>>;
};

let client: pg.Client | undefined;

const start = async ({ url }: Start): Promise<void> => {
  client = new pg.Client({ connectionString: url });
  await client.connect();
};

/** In binary, as the log's own reader has it: the driver's text costs a third more. COPY takes no parameters. */
const selectOf = (partition: number): string => `copy (
  select last_offset, record_count, body from plenum_log.log_batch
   where topic = (select id from plenum_log.log_topic where name = '${readingsTopic.name}') and part = ${partition}
   order by last_offset) to stdout (format binary)`;

/** Signature, flags, and an empty extension. */
const headerBytes = 19;

/** One whole reading of all partitions, each in one statement. */
const pass = async (): Promise<number> => {
  let records = 0;
  for (let partition = 0; partition < readingsTopic.partitions; partition += 1) {
    if (client === undefined) throw new Error('not started');
    let rest: Buffer = Buffer.alloc(0);
    let begun = false;
    for await (const chunk of client.query(to(selectOf(partition)))) {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      let at = begun ? 0 : headerBytes;
      begun = true;
      // A row is a count of fields, three of them with a length before each: 8 bytes, 4 bytes, the body.
      for (; rest.length >= at + rowBytes && rest.readInt16BE(at) === 3; ) {
        const end = at + rowBytes + rest.readInt32BE(at + 22);
        if (end > rest.length) break;
        const first = rest.readBigInt64BE(at + 6) - BigInt(rest.readInt32BE(at + 18)) + 1n;
        records += framesOf(rest.subarray(at + rowBytes, end), first).length;
        at = end;
      }
      rest = rest.subarray(at);
    }
  }
  return records;
};

const rowBytes = 26;

/** The layout is described in `batch-writer.ts` of the log. */
const framesOf = (stored: Buffer, firstOffset: bigint): readonly Frame[] => {
  const body = openBody(stored, firstOffset);
  let at = 0;
  const unsigned = (): number => {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = body[at++] as number; // A whole batch was read.
      if (byte < 0x80) return value + byte * scale;
      value += (byte - 0x80) * scale;
      scale *= 0x80;
    }
  };
  const bytes = (length = unsigned()): Buffer => {
    at += length;
    return body.subarray(at - length, at);
  };
  const signed = (): number => {
    const value = unsigned();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  };
  const shapes: Column[][] = [
    eventShape.map(([name, texts]) => ({ name, seen: texts.map((text) => Buffer.from(text)) })),
  ];
  const columnsOf = (): Column[] => {
    const index = unsigned();
    const known = shapes[index - 1];
    if (known !== undefined) return known;
    const columns: Column[] = [];
    for (let names = unsigned(); names > 0; names -= 1) columns.push({ name: bytes().toString(), seen: [] });
    shapes.push(columns);
    return columns;
  };
  const headersOf = (columns: readonly Column[]): Record<string, Buffer> => {
    const headers: Record<string, Buffer> = {};
    for (const { name, seen } of columns) {
      const entry = unsigned();
      const known = seen[entry - entries.remembered];
      const value = known ?? bytes(entry >= entries.uuid ? uuidBytes : unsigned());
      if (entry === entries.newText || entry === entries.newUuid) seen.push(value);
      headers[name] = value;
    }
    return headers;
  };
  const baseMs = signed();
  const count = body.readUInt32BE(at);
  at += 4;
  const frames: Frame[] = [];
  for (let index = 0; index < count; index += 1) {
    const timestamp = String(baseMs + signed());
    const [key, value] = [bytes(), bytes()];
    frames.push({
      offset: String(firstOffset + BigInt(index)),
      timestamp,
      key,
      value,
      headers: headersOf(columnsOf()),
    });
  }
  return frames;
};

const uuidBytes = 16;

type Column = { readonly name: string; readonly seen: Buffer[] };

/** How fast the server itself reads every byte of the bodies, with nobody to send them to. */
const touched = async (): Promise<number> => {
  const result = await client?.query<{ records: string; bits: string }>(
    `select sum(record_count) as records, sum(bit_count(body)) as bits from plenum_log.log_batch
      where topic = (select id from plenum_log.log_topic where name = $1)`,
    [readingsTopic.name],
  );
  return Number(result?.rows[0]?.records);
};

serve({ start, pass, run: runPasses(pass), touch: runPasses(touched) }, async () => client?.end());
