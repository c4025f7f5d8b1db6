/**
 * See `../client-program.ts`: `mosquitto_sub`, and a `mosquitto_pub` for each quality of service. What they do is read from what
 * they print with `-d`; none of it says whether a session was present.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const [host = '', port = '', clientId = '', level, commandsTopic = '', readingsTopic = '', reading = '', count] =
  process.argv.slice(2);

const tell = (happening: unknown): void => {
  process.stdout.write(`${JSON.stringify(happening)}\n`);
};

/** `stdbuf`: otherwise lines are kept back, since they go to a pipe. */
const run = (program: string, id: string, words: readonly string[], heard: (line: string) => void): ChildProcess => {
  const version = level === '5' ? 'mqttv5' : 'mqttv311';
  const connection = ['-h', host, '-p', port, '-i', id, '-c', '-V', version, '-d'];
  const stdio: ['pipe', 'pipe', 'inherit'] = ['pipe', 'pipe', 'inherit'];
  const child = spawn('stdbuf', ['-oL', program, ...connection, ...words], { stdio });
  createInterface({ input: child.stdout }).on('line', heard);
  child.once('exit', (code) => {
    if (code !== 0) tell({ happened: 'failed', why: `${program} ended with ${code}` });
  });
  return child;
};

const readings = Number(count);
/** With two publishers. */
const underWayMax = 5;

/** Publishes every second reading from `first` on; message ids count from 1. */
const publishFrom = (first: 1 | 2): ChildProcess => {
  const answer = first === 1 ? /received PUBACK \(Mid: (\d+)/ : /received PUBCOMP \(Mid: (\d+)/;
  const acknowledged = new Set<number>();
  let next = first as number;
  const publishNext = (): void => {
    if (next > readings) return;
    publisher.stdin?.write(`${reading.replace('{n}', String(next).padStart(12, '0'))}\n`);
    next += 2;
  };
  const words = ['-q', String(first), '-t', readingsTopic, '-l'];
  const publisher = run('mosquitto_pub', `${clientId}-publishes-${first}`, words, (line) => {
    const messageId = Number(answer.exec(line)?.[1]);
    if (!(messageId > 0)) return;
    const n = first + 2 * (messageId - 1);
    if (acknowledged.has(n)) return;
    acknowledged.add(n);
    tell({ happened: 'acknowledged', n });
    publishNext();
  });
  for (let n = 0; n < underWayMax; n += 1) publishNext();
  return publisher;
};

const publishers: ChildProcess[] = [];
/** It ends by itself where nobody is left to end it. */
const words = ['-q', '2', '-t', commandsTopic, '-W', '300'];
const subscriber = run('mosquitto_sub', clientId, words, (line) => {
  if (line.startsWith('{')) tell({ happened: 'command', payload: JSON.parse(line) });
  if (line.includes('received CONNACK (0)')) tell({ happened: 'connected' });
  if (!line.startsWith('Subscribed') || publishers.length > 0) return;
  tell({ happened: 'subscribed' });
  publishers.push(publishFrom(1), publishFrom(2));
});

process.stdin.resume().once('end', async () => {
  for (const publisher of publishers) publisher.stdin?.end();
  subscriber.kill('SIGTERM');
  await Promise.all([subscriber, ...publishers].map((child) => once(child, 'exit')));
  tell({ happened: 'done' });
});
