/** A message as a device publishes it, and the readings that most of these are. */
export type Message = { readonly topic: string; readonly payload: Uint8Array };

const encoder = new TextEncoder();

export const message = (topic: string, body: object | string): Message => ({
  topic,
  payload: encoder.encode(typeof body === 'string' ? body : JSON.stringify(body)),
});

/** A reading that is always taken, changed in one place. */
export const reading = (sensorId: string, change: object = {}): Message =>
  message(`ceiling/sensors/${sensorId}/data`, { ...plainReading, ...change });

/** The same with the JSON of its `metadata` as it is written, which need not be what JSON.stringify writes. */
export const readingWith = (sensorId: string, metadata: string): Message =>
  message(`ceiling/sensors/${sensorId}/data`, `${JSON.stringify(plainReading).slice(0, -1)},"metadata":${metadata}}`);

export const plainReading = {
  sensor_type: 'humidity',
  value: 47.25,
  unit: '%',
  timestamp: '2026-03-04T09:15:02.118204Z',
  location: { x: 2400, y: 0, z: 2700 },
};
