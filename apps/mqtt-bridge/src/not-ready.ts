/** Whether messages are taken and kept at this moment, for the probes of whatever process a bridge runs in. */
import { TransientFailure } from '@plenum/runtime';
import type { Bridge } from './bridge.ts';

/** What keeps them out; nothing when all is well. A bridge that stands by while another has the session is well. */
export const notReady = ({ state, broker }: Pick<Bridge, 'state' | 'broker'>): readonly TransientFailure[] => [
  ...(state() === 'away' ? [new TransientFailure('log-away', 'the log is away')] : []),
  ...(broker?.().state === 'connecting'
    ? [new TransientFailure('no-session', 'there is no session with the broker')]
    : []),
];
