/** Who was to be sent what, and was: each reading to every client of its sensor, once, in the order of the sensor. Times are given. */

export type Published = { readonly sensor: string; readonly value: number; readonly atMs: number };

/** From the publication of a reading on: to its PUBACK, and to each client that follows it. */
export type Delivered = {
  readonly acknowledgedMs: readonly number[];
  readonly seenMs: readonly number[];
  /** Deliveries, from the first publication to the last of them. */
  readonly perSecond: number;
};

export type Deliveries = {
  published(reading: Published): void;
  /** The next reading of this sensor has its PUBACK. @throws when it was not published. */
  acknowledged(sensor: string, atMs: number): void;
  /** A client got a reading. @throws when another one was due, or none. */
  got(client: number, value: number, atMs: number): void;
  /** How many deliveries and PUBACKs are to come still. */
  missing(): number;
  /** All of it, when nothing is missing; then it begins anew. */
  take(): Delivered;
};

type Sensor = { readonly readings: Published[]; acknowledged: number };
/** `next` is the place among the readings of its sensor of what comes to it next. */
type Client = { readonly name: string; readonly sensor: Sensor; next: number };

/** @param followed by each client, the sensor that it follows. */
export const deliveries = (sensors: readonly string[], followed: readonly string[]): Deliveries => {
  const bySensor = new Map(sensors.map((name): [string, Sensor] => [name, { readings: [], acknowledged: 0 }]));
  const sensorOf = (name: string): Sensor => {
    const sensor = bySensor.get(name);
    if (sensor === undefined) throw new Error(`there is no sensor ${name}`);
    return sensor;
  };
  const clients = followed.map((name, index): Client => {
    return { name: `client ${index} of ${name}`, sensor: sensorOf(name), next: 0 };
  });
  let [acknowledgedMs, seenMs, lastMs]: [number[], number[], number] = [[], [], 0];
  let firstMs: number | undefined;

  return {
    published: (reading) => {
      firstMs ??= reading.atMs;
      sensorOf(reading.sensor).readings.push(reading);
    },
    acknowledged: (name, atMs) => {
      const sensor = sensorOf(name);
      const reading = sensor.readings[sensor.acknowledged];
      if (reading === undefined) throw new Error(`${name} has a PUBACK of nothing`);
      sensor.acknowledged += 1;
      acknowledgedMs.push(atMs - reading.atMs);
    },
    got: (index, value, atMs) => {
      const client = clients[index];
      const due = client?.sensor.readings[client.next];
      if (client === undefined || due?.value !== value)
        throw new Error(`${client?.name} got ${value} where ${due?.value ?? 'nothing'} is due`);
      client.next += 1;
      seenMs.push(atMs - due.atMs);
      lastMs = atMs;
    },
    missing: () => {
      let count = 0;
      for (const { readings, acknowledged } of bySensor.values()) count += readings.length - acknowledged;
      for (const { sensor, next } of clients) count += sensor.readings.length - next;
      return count;
    },
    take: () => {
      const perSecond = (seenMs.length / (lastMs - (firstMs ?? lastMs))) * 1000;
      const taken = { acknowledgedMs, seenMs, perSecond };
      for (const sensor of bySensor.values()) [sensor.readings.length, sensor.acknowledged] = [0, 0];
      for (const client of clients) client.next = 0;
      [acknowledgedMs, seenMs, firstMs] = [[], [], undefined];
      return taken;
    },
  };
};
