/** Logging in with a password, and changing it. */
import {
  type LoggedIn,
  type LoginAsked,
  type LoginPort,
  type NotLoggedIn,
  type PasswordChanged,
  sessionStream,
  startSession,
  type Unavailable,
} from '@plenum/access';
import { personalText, plenumItself } from '@plenum/event';
import { TransientFailure } from '@plenum/runtime';
import { changeOwnPassword } from './change-own-password.ts';
import { type Checked, type PasswordCheck, passwordCheck, type RightPassword } from './check-password.ts';
import type { AuthenticationCounters } from './counters.ts';
import type { LoginsParts } from './password-requests.ts';
import { successOf } from './security/sightings.ts';
import { userAsDecided } from './user-as-decided.ts';

export const loginsOver = (parts: LoginsParts): LoginPort => {
  const { logger, counters } = parts;
  const check = passwordCheck(parts);

  /** What the outside may do to us is an answer. */
  const orUnavailable = async <T>(work: () => Promise<T | NotLoggedIn>): Promise<T | NotLoggedIn> => {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof TransientFailure)) throw error;
      logger.warn({ code: error.code, reason: error.message }, 'nobody can log in just now');
      counters.unavailable += 1;
      return unavailable;
    }
  };
  return {
    login: (asked) =>
      orUnavailable(async () => {
        const checked = await check.check(asked);
        if (checked.outcome !== 'right') return notLoggedIn(checked, counters);
        return check.lead(checked, () => start(parts, { asked, check, checked }));
      }),
    changePassword: (asked) =>
      orUnavailable<PasswordChanged>(async () => {
        const changed = await changeOwnPassword(parts, { asked, check });
        if (changed.outcome === 'conflict') return unavailable;
        return changed.outcome === 'wrong' || changed.outcome === 'slow-down'
          ? notLoggedIn(changed, counters)
          : changed;
      }),
  };
};

const unavailable: Unavailable = { outcome: 'unavailable', reason: 'This cannot be checked just now.', retryAfterS: 1 };

const notLoggedIn = (checked: Exclude<Checked, RightPassword>, counters: AuthenticationCounters): NotLoggedIn => {
  counters.logins.refused += 1;
  if (checked.outcome === 'slow-down') return { ...checked, reason: 'There were too many wrong passwords.' };
  return { outcome: 'refused', code: 'invalid', reason: 'The login or the password is wrong.' };
};

type Right<Asked> = { readonly asked: Asked; readonly check: PasswordCheck; readonly checked: RightPassword };

/** A session, as long as the password is still the one that was checked. */
const start = async (parts: LoginsParts, { asked, check, checked }: Right<LoginAsked>): Promise<LoggedIn> => {
  const { handle, decisions, tokens, counters, security } = parts;
  const { userId, organisation, role, permissions, ifStill } = checked;
  const { state } = await userAsDecided(decisions, userId);
  const login = personalText(state?.fields.login);
  // Of a user whose key is lost, the login that was given is nobody's.
  if (state === undefined || login === undefined) return notLoggedIn({ outcome: 'wrong' }, counters);
  const name = personalText(state.fields.name) ?? login;
  const email = personalText(state.fields.email);
  const described = { name, ...(email === undefined ? {} : { email }) };
  const { token, tokenId, issuedAtS, expiresAtS } = await tokens.issue({ userId, role, permissions, ...described });

  const session = { tokenId, userId, permissions, nowUs: decisions.clock.nowUs(), expiresAtUs: expiresAtS * 1_000_000 };
  const command = startSession({ ...session, deviceInfo: deviceInfoOf(asked), onlyIf: ifStill });
  const done = await handle(command, { id: tokenId, actor: plenumItself });
  // Somebody was faster: the account was disabled or locked, or has another password or other rights now.
  if (done.outcome === 'refused') return notLoggedIn({ outcome: 'wrong' }, counters);
  if (done.outcome === 'conflict') return unavailable;
  await check.forget(checked);
  counters.logins.started += 1;
  security.see(successOf(asked, { userId, organisation }, 'password'));
  return {
    outcome: 'started',
    ...{ token, tokenId, issuedAtUs: issuedAtS * 1_000_000, expiresAtUs: expiresAtS * 1_000_000 },
    user: { id: userId, login, name, email, role, permissions },
    // It has just begun.
    stream: sessionStream(tokenId),
    version: 1,
  };
};

const deviceInfoOf = ({ userAgent, address }: LoginAsked): string =>
  JSON.stringify({ user_agent: userAgent?.slice(0, 256).toWellFormed(), ip_address: address.slice(0, 64) });
