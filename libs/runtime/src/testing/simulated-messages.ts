/** What simulated devices say: readings good, odd and refused, statuses, registrations. */
import type { Chance } from './chance.ts';
import type { SimulatedMessage } from './simulated-devices.ts';

/** For each of a few devices, what it has to say, in its order. Each is distinguished by its `mark`. */
export const simulatedMessages = (random: Chance): readonly (readonly SimulatedMessage[])[] =>
  Array.from({ length: 1 + random.below(4) }, (_, device) =>
    Array.from({ length: 1 + random.below(15) }, (_, index) => message(random, `n${device}`, index)),
  );

const message = (random: Chance, node: string, index: number): SimulatedMessage => {
  const kind = random.pick(['reading', 'reading', 'reading', 'status', 'registration', 'broken', 'odd']);
  const number = `${node}-${index}`;
  switch (kind) {
    case 'status':
      return marked(`ceiling/nodes/${node}/status`, {
        status: random.pick(['online', 'offline', 'error']),
        ...(random.happens(0.5) ? { battery_level: random.below(100) } : {}),
        event_id: number,
      });
    case 'registration':
      return marked(`ceiling/nodes/${node}/registration`, {
        location: { x: random.below(1000), y: 0, z: 0 },
        sensors: ['humidity'],
        event_id: number,
      });
    case 'broken':
      return {
        topic: `ceiling/sensors/${node}_humidity/data`,
        payload: encoder.encode(`{"value": ${number}`),
        mark: number,
      };
    default:
      return marked(`ceiling/sensors/${node}_${random.pick(['humidity', 'temperature'])}/data`, {
        sensor_type: 'humidity',
        // Sums of these depend on the order of adding, so a wrong order shows.
        value: random.next() * 10 ** random.below(20),
        unit: '%',
        timestamp: `2026-03-04T09:${String(10 + random.below(3))}:00.${String(index).padStart(3, '0')}`,
        location: { x: 1, y: 2, z: 3 },
        // What PostgreSQL holds in no text and no JSON: no reason to park anybody.
        ...(kind === 'odd' ? { unit: 'a\u0000b', metadata: { note: 'a\u0000b', half: '\ud800' } } : {}),
        event_id: number,
      });
  }
};

const encoder = new TextEncoder();
const marked = (
  topic: string,
  body: Readonly<Record<string, unknown>> & { readonly event_id: string },
): SimulatedMessage => ({
  topic,
  payload: encoder.encode(JSON.stringify(body)),
  mark: body.event_id,
});
