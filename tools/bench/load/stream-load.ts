/** Devices that publish readings and clients that follow them, in one process and so by one clock. A reading's value is its number. */
import { setTimeout as sleep } from 'node:timers/promises';
import { serve } from '../machine/serve.ts';
import { type Delivered, type Deliveries, deliveries } from './deliveries.ts';
import { type LiveClient, type LiveClients, liveClients } from './live-clients.ts';
import { type ReportingDevice, reportingDevice } from './reporting-devices.ts';

export type Open = {
  readonly mqttPort: number;
  readonly apiUrl: string;
  /** Each has a device of its own. */
  readonly sensors: readonly string[];
  readonly clients: readonly LiveClient[];
};

/** Of all devices together. */
export type Pace = { readonly perSecond: number; readonly seconds: number };

type Way = {
  readonly devices: readonly { readonly sensor: string; readonly device: ReportingDevice }[];
  readonly due: Deliveries;
  readonly clients: LiveClients;
};

const giveUpMs = 60_000;
const lookEveryMs = 5;

let way: Way | undefined;
let failure: Error | undefined;
let values = 0;

/** What went wrong first ends the measurement. */
const fail = (why: Error): void => {
  failure ??= why;
};

const open = async ({ mqttPort: port, apiUrl, sensors, clients: following }: Open): Promise<void> => {
  const due = deliveries(
    sensors,
    following.map(({ sensor }) => sensor),
  );
  const devices = [];
  for (const sensor of sensors) {
    const acknowledged = (atMs: number): void => due.acknowledged(sensor, atMs);
    devices.push({ sensor, device: await reportingDevice({ port, sensor, acknowledged, lost: fail }) });
  }
  way = { devices, due, clients: await liveClients(apiUrl, following, { got: due.got, lost: fail }) };
};

/** Open: a reading goes at its time, whatever became of those before it. Moments are random, so that none suits some interval. */
const run = async ({ perSecond, seconds }: Pace): Promise<Delivered> => {
  if (way === undefined) throw new Error('nothing is open');
  const { devices, due } = way;
  const fromMs = performance.now();
  for (let dueMs = 0; dueMs < seconds * 1000; dueMs += (2_000 / perSecond) * Math.random()) {
    const waitMs = fromMs + dueMs - performance.now();
    if (waitMs > 1) await sleep(waitMs);
    values += 1;
    const { sensor, device } = devices[values % devices.length] as Way['devices'][number]; // The remainder of their number.
    due.published({ sensor, value: values, atMs: device.report(values) });
  }
  await allCame(due);
  return due.take();
};

/** Settles when every client has what was published for it. @throws when one was sent something else, or nothing. */
const allCame = async ({ missing }: Deliveries): Promise<void> => {
  const untilMs = performance.now() + giveUpMs;
  while (failure === undefined && missing() > 0) {
    if (performance.now() > untilMs) throw new Error(`${missing()} deliveries did not come within ${giveUpMs} ms`);
    await sleep(lookEveryMs);
  }
  if (failure !== undefined) throw failure;
};

serve({ open, run }, async () => {
  way?.clients.close();
  for (const { device } of way?.devices ?? []) device.close();
});
