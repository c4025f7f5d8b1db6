import { isEvent } from '@plenum/event';
import { MessageQuarantined, type MessageQuarantinedData } from '@plenum/quarantine';
import type { EventCodec, Log, Position } from '@plenum/runtime';
import type { ManifestLine } from '../simulate/manifest.ts';

export type LostQuestion = {
  readonly log: Pick<Log, 'read'>;
  readonly codec: Pick<EventCodec, 'decode'>;
  /** The range of the run: from where the log ended before it to where it ends after it. */
  readonly before: readonly Position[];
  readonly after: readonly Position[];
  readonly manifest: readonly ManifestLine[];
};

/** Lines of acknowledged messages that are in neither the log nor the quarantine: nobody may ever see one. */
export const lostMessages = async (question: LostQuestion): Promise<readonly ManifestLine[]> => {
  const { log, codec, before, after, manifest } = question;
  const eventIds = new Set<string>();
  const digests = new Set<string>();
  for (const [index, { topic, partition, next: to }] of after.entries()) {
    const from = before[index]?.next ?? 0n;
    if (from >= to) continue;
    for await (const { records } of log.read({ topic, partition, from, to })) {
      for (const record of records) {
        const decoded = codec.decode(record);
        if (decoded.outcome !== 'event') continue;
        const { event } = decoded;
        if (!isEvent<MessageQuarantinedData>(MessageQuarantined, event)) eventIds.add(event.id);
        else digests.add(event.data.payload_sha256);
      }
    }
  }
  return manifest.filter(({ acknowledged, event_id, sha256 }) => {
    if (!acknowledged) return false;
    return !(event_id !== undefined ? eventIds.has(event_id) : digests.has(sha256 ?? ''));
  });
};
