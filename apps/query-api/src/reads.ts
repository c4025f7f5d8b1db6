/** Every question the API can ask of read models, in one object: those of all domains, and those of the platform. */
import { domains } from '@plenum/catalogue';
import { type ShownVersion, type ShowPersonal, type Sql, shownVersionIn } from '@plenum/read-model';
import { checkpointReads } from './consumers/checkpoints.ts';
import { parkedReads } from './consumers/parked.ts';

type PlatformReads = {
  readonly parked: ReturnType<typeof parkedReads>;
  readonly checkpoints: ReturnType<typeof checkpointReads>;
  readonly versions: { readonly shown: ShownVersion };
};

/** The groups of all domains; no two of them have one of the same name. */
type DomainReads =
  TakerOf<ReturnType<(typeof domains)[number]['reads']>> extends (reads: infer All) => void ? All : never;

type TakerOf<Reads> = Reads extends unknown ? (reads: Reads) => void : never;

export type Reads = Readonly<DomainReads & PlatformReads>;

export const readsOver = (sql: Sql, show: ShowPersonal): Reads => {
  const platform: PlatformReads = {
    parked: parkedReads(sql),
    checkpoints: checkpointReads(sql),
    versions: { shown: shownVersionIn(sql) },
  };
  // What all of them have, each under its own name.
  return Object.assign({}, ...domains.map((domain) => domain.reads(sql, show)), platform) as Reads;
};
