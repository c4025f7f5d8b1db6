import path from 'node:path';

/** Where `plenum kafka` and everything else that runs a Kafka on this machine keeps its data. */
export const localKafkaDirectory = ({ PLENUM_DATA_DIR }: { readonly PLENUM_DATA_DIR: string }): string =>
  path.join(PLENUM_DATA_DIR, 'kafka');
