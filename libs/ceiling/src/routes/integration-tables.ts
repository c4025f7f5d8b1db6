/** Tables as CSV for clients of the replaced building server, read and written by and by: any range takes the same memory. */
import type { Rows } from '@plenum/read-model';
import type { Node } from '../nodes/reads.ts';
import type { Reading } from '../readings/reads.ts';
import { type CeilingServices, silentSinceUs } from '../services.ts';
import { sensorTypes } from '../vocabulary.ts';
import { csvLine } from './csv-lines.ts';
import type { IntegrationRange } from './integration-asked.ts';

type Taken = Pick<CeilingServices, 'reads' | 'limits' | 'clock' | 'staleAfterS'>;

const readingColumns = ['sensor_id', 'sensor_type', 'value', 'unit', 'timestamp', 'x', 'y', 'z', 'metadata'];

/** By type, and of each type by time: in that order an index has them. */
export const readingsCsv = async function* ({ reads: { readings }, limits }: Taken, range: IntegrationRange) {
  yield csvLine(readingColumns);
  for (const type of sensorTypes) {
    const asked = { filter: { type }, ...range, order: 'asc' } as const;
    const pages = pagesOf(limits.limitMax, (after: Reading | undefined, limit) =>
      readings.page({ ...asked, after, limit }),
    );
    for await (const rows of pages) yield rows.map(readingLine).join('');
  }
};

const nodeColumns = [
  ...['node_id', 'status', 'battery_level', 'last_seen', 'firmware_version', 'x', 'y', 'z', 'sensors', 'capabilities'],
];

/** By id. Those that were last seen in the range. */
export const nodesCsv = async function* (services: Taken, seen: IntegrationRange) {
  yield csvLine(nodeColumns);
  const silent = silentSinceUs(services);
  const pages = pagesOf(services.limits.limitMax, (after: Node | undefined, limit) =>
    services.reads.nodes.page({ seen, afterNode: after?.node_id, limit, silentSinceUs: silent }),
  );
  for await (const rows of pages) yield rows.map(nodeLine).join('');
};

/** Pages until there are no more. One may end before it has as many rows as it may. */
const pagesOf = async function* <R>(limit: number, read: (after: R | undefined, limit: number) => Promise<Rows<R>>) {
  for (let after: R | undefined; ; ) {
    const rows = await read(after, limit);
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows;
    if (rows.length < limit && rows.isCut !== true) return;
    after = last;
  }
};

const readingLine = ({ sensor_id, sensor_type, value, unit, timestamp, location, metadata }: Reading): string =>
  csvLine([sensor_id, sensor_type, value, unit, timestamp, ...placeOf(location), jsonOf(metadata)]);

const nodeLine = ({ node_id, status, battery_level, last_seen, firmware_version, ...more }: Node): string => {
  const { location, sensors, capabilities } = more;
  const said = [node_id, status, battery_level, last_seen, firmware_version];
  return csvLine([...said, ...placeOf(location), jsonOf(sensors), jsonOf(capabilities)]);
};

const placeOf = (location: Readonly<Record<string, unknown>> | null): readonly (number | null)[] =>
  [location?.x, location?.y, location?.z].map((at) => (typeof at === 'number' ? at : null));

const jsonOf = (value: unknown): string | null =>
  value === null || value === undefined ? null : JSON.stringify(value);
