import { newEvent } from '@plenum/event';
import { clerk, deciderCases } from '../testing/decider-cases.ts';
import { session } from './session.ts';
import { SessionEnded, SessionStarted } from './session-events.ts';

const tokenId = 'f'.repeat(32);
const grant = { role: 'guest', permissions: ['read:sensors'] } as const;
const start = { do: 'start', tokenId, userId: 'u', grant, nowUs: 100, expiresAtUs: 200 } as const;
const end = { do: 'end', tokenId, reason: 'logged-out', actor: clerk } as const;
const started = newEvent(SessionStarted, {
  token_id: tokenId,
  user_id: 'u',
  ...grant,
  expires_at: 200,
  device_info: undefined,
});
const ended = newEvent(SessionEnded, { token_id: tokenId, user_id: 'u', reason: 'revoked', by: 'boss' });

deciderCases('a session', session, [
  { name: 'starts', when: start, leadsTo: ['SessionStarted'] },
  { name: 'does not start twice', given: [started], when: start, leadsTo: 'exists' },
  { name: 'does not start again', given: [started, ended], when: start, leadsTo: 'exists' },
  { name: 'has an id of 32 digits', when: { ...start, tokenId: 'F'.repeat(32) }, leadsTo: 'invalid' },
  { name: 'says little of the device', when: { ...start, deviceInfo: 'x'.repeat(2049) }, leadsTo: 'invalid' },
  { name: 'expires in the future', when: { ...start, expiresAtUs: 100 }, leadsTo: 'invalid' },
  { name: 'ends', given: [started], when: end, leadsTo: ['SessionEnded'] },
  { name: 'has ended already', given: [started, ended], when: end, leadsTo: [] },
  {
    name: 'of which there is no record gets one',
    when: { ...start, ...end, do: 'end-unrecorded' },
    leadsTo: ['SessionStarted', 'SessionEnded'],
  },
  {
    name: 'of which there is one just ends',
    given: [started],
    when: { ...start, ...end, do: 'end-unrecorded' },
    leadsTo: ['SessionEnded'],
  },
  { name: 'that never started does not end', when: end, leadsTo: 'not-found' },
]);
