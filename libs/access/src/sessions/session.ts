/** The rules about one session: it starts once and ends once. */
import {
  type Actor,
  actorName,
  type Decided,
  type Decider,
  decided,
  isEvent,
  type NewEvent,
  newEvent,
  refused,
} from '@plenum/event';
import type { Grant } from '../grant.ts';
import { type EndReason, SessionEnded, SessionStarted } from './session-events.ts';

/** `undefined`: there is no such session. Nothing here knows the time, so one that expired is still `live`. */
export type SessionState = { readonly userId: string; readonly standing: 'live' | 'ended' } | undefined;

type Start = {
  /** 32 hexadecimal digits. */
  readonly tokenId: string;
  readonly userId: string;
  readonly grant: Grant;
  readonly nowUs: number;
  readonly expiresAtUs: number;
  /** A JSON object as text. */
  readonly deviceInfo?: string | undefined;
};
type End = { readonly tokenId: string; readonly reason: EndReason; readonly actor: Actor };

export type SessionCommand =
  | (Start & { readonly do: 'start' })
  | (End & { readonly do: 'end' })
  /** The end of a token that nobody recorded when it was made. */
  | (Start & End & { readonly do: 'end-unrecorded' });

const decide = (state: SessionState, command: SessionCommand): Decided => {
  if (command.do === 'start') return start(state, command);
  if (state !== undefined) return end(state, command);
  if (command.do === 'end') return refused('not-found', 'There is no such session.');
  const started = start(state, command);
  if (started.outcome === 'refused') return started;
  const ended = end({ userId: command.userId, standing: 'live' }, command);
  return ended.outcome === 'refused' ? ended : decided(...started.events, ...ended.events);
};

const end = ({ userId, standing }: NonNullable<SessionState>, { tokenId, reason, actor }: End): Decided =>
  standing === 'ended'
    ? decided()
    : decided(newEvent(SessionEnded, { token_id: tokenId, user_id: userId, reason, by: actorName(actor) }));

/** More than any browser says of itself, and little in a log that is kept for ever. */
const deviceInfoMax = 2048;

const start = (state: SessionState, command: Start): Decided => {
  const { tokenId, userId, grant, nowUs, expiresAtUs, deviceInfo } = command;
  if (state !== undefined) return refused('exists', 'There is such a session already.');
  if (!/^[0-9a-f]{32}$/.test(tokenId)) return refused('invalid', 'A token id is 32 hexadecimal digits.');
  if (deviceInfo !== undefined && deviceInfo.length > deviceInfoMax) {
    return refused('invalid', `What is known of a device fits into ${deviceInfoMax} characters.`);
  }
  if (expiresAtUs <= nowUs) return refused('invalid', 'A session expires in the future.');
  const data = { token_id: tokenId, user_id: userId, ...grant, expires_at: expiresAtUs, device_info: deviceInfo };
  return decided(newEvent(SessionStarted, data));
};

const evolve = (state: SessionState, happened: NewEvent): SessionState => {
  if (isEvent(SessionStarted, happened)) return { userId: happened.data.user_id, standing: 'live' };
  if (isEvent(SessionEnded, happened)) return state && { ...state, standing: 'ended' };
  return state;
};

export const session: Decider<SessionState, SessionCommand> = { initial: undefined, decide, evolve };
