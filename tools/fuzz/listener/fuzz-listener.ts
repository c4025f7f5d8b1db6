/** Strange clients at the MQTT listener of a running bridge. */
import { seededNumbers } from '@plenum/simulation';
import type { Site } from '../../chaos/site/site.ts';
import type { FuzzTarget } from '../target.ts';
import { type LookAlike, sendLookAlikes, wrongLookAlikes } from './look-alikes.ts';
import { flood, sendSession } from './send-session.ts';
import { connectOf, type Session, sessionOf } from './sessions.ts';

const atOnce = 24;
const floodEvery = 400;
const floodSize = 300;
const lookAlikesEvery = 10;

export type FuzzedListener = {
  readonly site: Pick<Site, 'mqttPort' | 'log' | 'codec'>;
  readonly inputs: number;
  readonly seed: number;
};

/** Every piece of bytes that is written counts as an input. */
export const fuzzListener = async (
  { site, inputs, seed }: FuzzedListener,
  { progress, failed, stop }: FuzzTarget,
): Promise<void> => {
  let sent = 0;
  let n = 0;
  const port = site.mqttPort;
  const numbers = seededNumbers(seed);
  const lookAlikes: LookAlike[] = [];
  const recent: Session[] = [];
  const worker = async (): Promise<void> => {
    while (sent < inputs && !stop.aborted) {
      n += 1;
      const session = sessionOf(seed, n);
      recent.push(session);
      if (recent.length > atOnce * 2) recent.shift();
      if (n % floodEvery === 0) await flood(port, floodSize, n % (2 * floodEvery) === 0 ? session[0] : undefined);
      if (n % lookAlikesEvery === 0) {
        const alike = await sendLookAlikes(port, numbers);
        lookAlikes.push(...alike);
        sent += alike.length;
        progress(alike.length);
      }
      const ending = await sendSession(port, session);
      sent += session.length;
      progress(session.length);
      if (ending === 'closed') continue;
      // Which of the last sessions it was cannot be seen from outside, so all of them are kept.
      failed({ target: 'listener', problem: `a connection was ${ending}`, input: recent.map(piecesOf) });
      return;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  for (const { problem, sent: alike } of await wrongLookAlikes(site, lookAlikes)) {
    const input = [piecesOf([connectOf('alike'), alike.bytes])];
    failed({ target: 'listener', problem, input });
  }
};

const piecesOf = (session: Session): readonly string[] => session.map((piece) => Buffer.from(piece).toString('base64'));
