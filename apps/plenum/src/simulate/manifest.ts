/**
 * The manifest of a simulation: one JSON line per message with what has to become of it and whether it was
 * acknowledged. It is what the log is held against afterwards.
 */
import { hash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { utc } from '@plenum/event';
import { expectedOf, type SimulatedMessage } from '@plenum/simulation';

/** `event_id` of what the log must hold; of a malformed message the SHA-256 that the quarantine must hold. */
export type ManifestLine = {
  readonly n: number;
  readonly topic: string;
  readonly kind: SimulatedMessage['kind'];
  readonly event_id?: string;
  readonly sha256?: string;
  readonly acknowledged: boolean;
};

const sha1 = (bytes: Uint8Array): string => hash('sha1', bytes);

export const manifestLine = (message: SimulatedMessage, acknowledged: boolean): ManifestLine => {
  const { n, topic, kind, payload } = message;
  const expected = expectedOf(message, { sha1, zone: utc });
  return expected.outcome === 'event'
    ? { n, topic, kind, event_id: expected.eventId, acknowledged }
    : { n, topic, kind, sha256: hash('sha256', payload), acknowledged };
};

export type ManifestWriter = {
  /** Settles at once, or when the file has caught up. */
  write(line: ManifestLine): Promise<void>;
  close(): Promise<void>;
};

/** Opens the file anew. @throws when it cannot be written. */
export const manifestWriter = async (file: string): Promise<ManifestWriter> => {
  const stream = createWriteStream(file);
  await once(stream, 'open');
  let failure: Error | undefined;
  stream.on('error', (error) => {
    failure = error;
  });
  // All devices that wait, wait for the same moment: a listener for each would be hundreds.
  let caughtUp: PromiseWithResolvers<void> | undefined;
  const goOn = (): void => {
    caughtUp?.resolve();
    caughtUp = undefined;
  };
  stream.on('drain', goOn).on('close', goOn);
  return {
    write: async (line) => {
      if (failure !== undefined) throw failure;
      if (stream.write(`${JSON.stringify(line)}\n`)) return;
      caughtUp ??= Promise.withResolvers();
      await caughtUp.promise;
    },
    close: async () => {
      stream.end();
      if (!stream.closed) await once(stream, 'close');
      if (failure !== undefined) throw failure;
    },
  };
};
