/** Logging in with a password, and changing it. */
import { type Role, sessionStream, startSession } from '@plenum/access';
import { personalText, plenumItself } from '@plenum/event';
import { TransientFailure } from '@plenum/runtime';
import { changeOwnPassword } from './change-own-password.ts';
import { type Checked, type PasswordCheck, passwordCheck, type RightPassword } from './check-password.ts';
import type { AuthenticationCounters } from './counters.ts';
import type { LoginAsked, LoginsParts, PasswordAsked } from './password-requests.ts';
import type { NotAuthenticated, Unavailable } from './result.ts';
import { successOf } from './security/sightings.ts';
import { userAsDecided } from './user-as-decided.ts';

export type Logins = {
  /**
   * Checks a password and starts a session. Logins that do not exist, wrong passwords and disabled accounts are answered
   * alike and take the same time. Never rejects for what the outside can do. Notes the security event by itself.
   */
  login(asked: LoginAsked): Promise<LoggedIn>;
  /**
   * Another password for somebody who knows the present one; ends their other sessions. Counted like a login when it is wrong.
   * When nobody could tell whether it was changed, ask again with the same id.
   */
  changePassword(asked: PasswordAsked): Promise<PasswordChanged>;
};

export type LoggedIn =
  | {
      readonly outcome: 'started';
      /** Bearer. */
      readonly token: string;
      readonly tokenId: string;
      readonly issuedAtUs: number;
      readonly expiresAtUs: number;
      readonly user: {
        readonly id: string;
        readonly login: string;
        readonly name: string;
        readonly email: string | undefined;
        readonly role: Role;
        readonly permissions: readonly string[];
      };
      /** Of the session's stream, for `Prefer: wait`. */
      readonly stream: string;
      readonly version: number;
    }
  | NotLoggedIn;

export type NotLoggedIn =
  /** 401: one answer for everything that can be wrong. */
  | NotAuthenticated
  /** 429: too many wrong passwords. */
  | { readonly outcome: 'slow-down'; readonly reason: string; readonly retryAfterS: number }
  | Unavailable;

export type PasswordChanged =
  | { readonly outcome: 'done'; readonly sessionsEnded: number }
  /** 422: the new one is too short, too long, or as the old one; or the command id was used for another. */
  | { readonly outcome: 'unfit'; readonly reason: string }
  | NotLoggedIn;

export const loginsOver = (parts: LoginsParts): Logins => {
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

const unavailable: Unavailable = { outcome: 'unavailable', reason: 'Nobody can tell just now.', retryAfterS: 1 };

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
