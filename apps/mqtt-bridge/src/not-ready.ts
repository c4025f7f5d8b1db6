/** Whether messages are taken and kept at this moment, for the probes of whatever process a bridge runs in. */
import { Weather } from '@plenum/runtime';
import type { Bridge } from './run.ts';

/** What keeps them out; nothing when all is well. A bridge that stands by while another has the session is well. */
export const notReady = ({ state, broker }: Pick<Bridge, 'state' | 'broker'>): readonly Weather[] => [
  ...(state() === 'away' ? [new Weather('log-away', 'the log is away')] : []),
  ...(broker?.().state === 'connecting' ? [new Weather('no-session', 'there is no session with the broker')] : []),
];
