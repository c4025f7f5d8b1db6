/** `replay export` of readings, as the command does it, into a file that keeps nothing. */
import { avroCodec } from '@plenum/avro';
import { events } from '@plenum/catalogue';
import { readingsTopic } from '@plenum/ceiling';
import type { Log } from '@plenum/runtime';
import { exportLog } from '../../../apps/plenum/src/replay/export-log.ts';
import { fileSink, type Sink } from '../../../apps/plenum/src/replay/file-sink.ts';
import { type LogPlace, openLog } from '../machine/place.ts';
import { serve } from '../machine/serve.ts';
import { runPasses } from './passes.ts';

export type Start = { readonly log: LogPlace };

let opened: { readonly log: Log; readonly sink: Sink } | undefined;

const start = async ({ log }: Start): Promise<void> => {
  opened = { log: await openLog(log), sink: await fileSink('/dev/null') };
};

const codec = avroCodec(events);

/** How many readings were written: of one partition, or of all. */
const pass = async ({ partition }: { readonly partition?: number } = {}): Promise<number> => {
  if (opened === undefined) throw new Error('no log is open');
  const { log, sink } = opened;
  return exportLog({
    ...{ log, codec, topic: readingsTopic.name, write: sink.write },
    ...(partition !== undefined && { partition }),
  });
};

serve({ start, pass, run: runPasses(pass) }, async () => {
  await opened?.sink.close();
  await opened?.log.close();
});
