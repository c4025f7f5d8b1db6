/** See `../client-program.ts`. */
import mqtt from 'mqtt';

const [host = '', port, clientId = '', level, commandsTopic = '', readingsTopic = '', reading = '', count] =
  process.argv.slice(2);

const tell = (happening: unknown): void => {
  process.stdout.write(`${JSON.stringify(happening)}\n`);
};

const client = mqtt.connect({
  ...{ host, port: Number(port), clientId, clean: false, reconnectPeriod: 100, resubscribe: false },
  protocolVersion: level === '5' ? 5 : 4,
  ...(level === '5' && { properties: { sessionExpiryInterval: 3_600 } }),
});

const readings = Number(count);
const underWayMax = 10;
let published = 0;

const publishNext = (): void => {
  if (published === readings) return;
  published += 1;
  const n = published;
  const payload = reading.replace('{n}', String(n).padStart(12, '0'));
  client.publish(readingsTopic, payload, { qos: n % 2 === 1 ? 1 : 2 }, (error) => {
    tell(error ? { happened: 'failed', why: String(error) } : { happened: 'acknowledged', n });
    publishNext();
  });
};

client.on('connect', ({ sessionPresent }) => tell({ happened: 'connected', sessionPresent }));
client.on('message', (_, payload) => tell({ happened: 'command', payload: JSON.parse(payload.toString()) }));
client.on('error', (error) => process.stderr.write(`${error}\n`));
client.once('connect', () => {
  client.subscribe(commandsTopic, { qos: 2 }, (error) => {
    tell(error ? { happened: 'failed', why: String(error) } : { happened: 'subscribed' });
    for (let n = 0; n < underWayMax; n += 1) publishNext();
  });
});
process.stdin.resume().once('end', () => client.end(false, () => tell({ happened: 'done' })));
