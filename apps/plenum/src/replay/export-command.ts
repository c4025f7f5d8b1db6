import { topics } from '@plenum/catalogue';
import { defineCommand, UsageError } from '../command-line/command.ts';
import { optionalWhole, requiredText, text } from '../command-line/options.ts';
import { logOption } from '../command-line/stack-options.ts';
import { withExisting } from '../stack/with-existing.ts';
import { exportLog } from './export-log.ts';
import { fileSink } from './file-sink.ts';

export const replayExport = defineCommand({
  name: 'replay export',
  summary: 'Write a range of the log as JSON lines.',
  about:
    'Each line is one record: topic, partition, offset, timestamp, key, headers, and the event in its newest shape; ' +
    'what cannot be decoded is there as base64 with the reason. Offsets are those of each partition.',
  options: {
    topic: requiredText('Which topic.', 'NAME'),
    partition: optionalWhole('Only this partition.'),
    from: optionalWhole('The first offset; the first kept when left out.'),
    to: optionalWhole('Up to but without this offset; the end as it is now when left out.'),
    log: logOption,
    out: text({ about: 'The file to write, or - for standard output.', fallback: '-', placeholder: 'FILE' }),
  },
  examples: [
    'replay export --topic plenum.ceiling.readings --partition 0 --to 100',
    'replay export --topic plenum.quarantine.messages --out refused.ndjson',
  ],
  run: async ({ topic, partition, from, to, out: file, log }, surroundings) => {
    const { out, tell, stop } = surroundings;
    if (!topics.some(({ name }) => name === topic)) {
      throw new UsageError(`there is no topic "${topic}"; there are ${topics.map(({ name }) => name).join(', ')}`);
    }
    return withExisting({ log, connectionsMax: 4 }, surroundings, async (foundation) => {
      const sink = file === '-' ? { write: out, close: async () => undefined } : await fileSink(file);
      try {
        const records = await exportLog({
          ...{ log: foundation.log, codec: foundation.codec, topic, write: sink.write, stop },
          ...(partition !== undefined && { partition }),
          ...(from !== undefined && { from: BigInt(from) }),
          ...(to !== undefined && { to: BigInt(to) }),
        });
        tell(`${records} records of ${topic}${file === '-' ? '' : ` written to ${file}`}\n`);
      } finally {
        await sink.close();
      }
      return 0;
    });
  },
});
