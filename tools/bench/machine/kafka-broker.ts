/** A Kafka broker of the measurements: the real one, on this machine alone. It acknowledges before it syncs, as Kafka does. */
import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { LocalKafkaUnavailable, startLocalKafka } from '@plenum/local-kafka';
import { Missing } from '../missing.ts';
import { loudLogger } from './place.ts';
import type { Watched } from './usage.ts';

export type KafkaBroker = {
  readonly brokers: readonly string[];
  watched(): readonly Watched[];
  /** What all partitions take on disk: files are made larger than what is in them, and blocks without anything are not there. */
  bytes(): Promise<number>;
  stop(): Promise<void>;
};

/**
 * `kept`: its records stay from run to run; `kept-million`: the same, of another log; `empty`: it begins with none; `of-one`: the
 * same, for one run alone.
 */
export type KafkaUse = 'kept' | 'kept-million' | 'empty' | 'of-one';

/** @throws Missing where there is no Java, or no release to be had. */
export const startKafkaBroker = async (cacheDirectory: string, use: KafkaUse): Promise<KafkaBroker> => {
  const dataDir = path.join(cacheDirectory, `kafka-${use}`);
  if (use === 'empty' || use === 'of-one') await rm(dataDir, { recursive: true, force: true });
  const kafka = await startLocalKafka({ dataDir, logger: loudLogger }).catch((error: unknown) => {
    throw error instanceof LocalKafkaUnavailable ? new Missing(`no Kafka on this machine: ${error.message}`) : error;
  });
  return {
    brokers: kafka.brokers,
    watched: () => [...kafka.pids().values()].map((pid) => ({ name: 'kafka', pid })),
    bytes: () => bytesBelow(dataDir),
    stop: kafka.stop,
  };
};

const blockBytes = 512;

const bytesBelow = async (directory: string): Promise<number> => {
  let bytes = 0;
  for (const entry of await readdir(directory, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    const found = await stat(path.join(entry.parentPath, entry.name)).catch(() => undefined); // Some come and go.
    bytes += (found?.blocks ?? 0) * blockBytes;
  }
  return bytes;
};
