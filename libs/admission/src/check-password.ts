/** Whether a password is right: slow for whoever guesses, and the same for logins that there are and that there are not. */
import {
  type AccessAsk,
  type Attempted,
  beginAttempt,
  endAttempt,
  failuresMax,
  type GuardedLogin,
  type LoginStanding,
  loginStanding,
  networkOf,
  orderUser,
  type Role,
  sealPassword,
  takeBackAttempt,
  verifierStream,
} from '@plenum/access';
import { decided } from '@plenum/event';
import type { Sql } from '@plenum/read-model';
import { Weather } from '@plenum/runtime';
import type { LoginAsked, LoginsParts } from './logins.ts';
import { passwordCharactersMax } from './password-policy.ts';
import { failureOf } from './security/sightings.ts';

export type PasswordCheck = {
  /** Counts as a failure until `forget`, unless nobody could tell. @throws Weather */
  check(asked: LoginAsked): Promise<Checked>;
  /** What was right is not held against anybody. */
  forget(checked: RightPassword): Promise<void>;
  /** What a right password leads to; forgets the attempt when that fails for no fault of whoever knew it. */
  lead<T extends { readonly outcome: string }>(checked: RightPassword, work: () => Promise<T>): Promise<T>;
};

export type Checked =
  | RightPassword
  | { readonly outcome: 'wrong' }
  | { readonly outcome: 'slow-down'; readonly retryAfterS: number };

export type RightPassword = {
  readonly outcome: 'right';
  readonly userId: string;
  readonly role: Role;
  readonly permissions: readonly string[];
  readonly verifierVersion: number;
  /** Goes into the decision that follows: nothing is recorded unless this is still the password. May strengthen its hash. */
  readonly ifStill: AccessAsk;
  readonly attempted: Attempted;
};

type Open = Extract<LoginStanding, { readonly outcome: 'open' }>;

export const passwordCheck = (parts: LoginsParts): PasswordCheck => {
  const { database, reads, passwords, seal, decisions, deciding, hashLogin, logger, security } = parts;

  /** The text of a verifier; none when every password is wrong. */
  const verifierOf = (standing: LoginStanding): { readonly text?: string; readonly sealed?: true } => {
    if (standing.outcome !== 'open' || standing.verifier === undefined) return {};
    const opened = seal.open(standing.userId, standing.verifier);
    if (opened.outcome === 'opened') return { text: opened.text };
    const { sealedWith } = standing.verifier;
    parts.noteUnreadable();
    logger.error({ user: standing.userId, outcome: opened.outcome, sealedWith }, 'a verifier cannot be opened');
    return { sealed: true };
  };
  /** The last failure that an account takes locks it. The count of attempts holds until that is decided, and after. */
  const lockOut = (row: GuardedLogin | undefined, untilUs: number | undefined): void => {
    if (row === undefined || untilUs === undefined) return;
    const ask = orderUser(row.user_id, { do: 'lock-out', untilUs, failures: failuresMax });
    parts.aside('locking an account', () => deciding.record(`users.lock-out ${row.user_id} ${untilUs}`, ask));
  };
  const stillThis = async (open: Open, row: GuardedLogin, asked: Strengthen): Promise<AccessAsk> => {
    const expectedVersion = row.verifier_version ?? 0;
    const { userId } = open;
    const sealed = asked.needed ? await strengthened(userId, asked.password) : undefined;
    if (sealed !== undefined) return { ...sealPassword(userId, sealed), expectedVersion };
    return { stream: verifierStream(userId), expectedVersion, ...nothing };
  };
  const strengthened = async (userId: string, password: string) => {
    try {
      return await parts.sealedPassword(userId, password);
    } catch (error) {
      if (!(error instanceof Weather)) throw error;
      return undefined; // Too many wait for their passwords; this one is strong enough for one more login.
    }
  };
  const noteFailure = (asked: LoginAsked, why: string, userId: string | undefined): void =>
    security.see(failureOf(asked, { method: 'password', why, userId }));

  const changed = async (what: string, work: (sql: Sql) => Promise<void>): Promise<void> => {
    try {
      await database.transact(work);
    } catch (error) {
      if (!(error instanceof Weather)) throw error;
      logger.warn({ reason: error.message }, `a login that ${what} stays counted as a failure`);
    }
  };
  const forget = ({ attempted }: RightPassword): Promise<void> =>
    changed('was right', (sql) => endAttempt(sql, attempted));
  const takeBack = (attempted: Attempted): Promise<void> =>
    changed('nobody could judge', (sql) => takeBackAttempt(sql, attempted));

  const judged = async (asked: LoginAsked, { attempted, locksUntilUs }: Begun): Promise<Checked> => {
    const { timeUs } = attempted;
    const row = canBeLogin(asked.login) ? await reads.login(asked.login) : undefined;
    const standing = loginStanding(row, timeUs);
    const { text, sealed = false } = verifierOf(standing);
    const password = asked.password.slice(0, passwordCharactersMax + 1);
    const verdict = await passwords.verify(password, text);
    if (sealed) {
      // Another process may have the key: what is wrong with this one is not held against the account.
      await takeBack(attempted);
      noteFailure(asked, 'verifier cannot be opened', row?.user_id);
      return { outcome: 'wrong' };
    }
    if (row === undefined || standing.outcome === 'refused' || verdict.outcome === 'wrong') {
      lockOut(row, locksUntilUs);
      const why = standing.outcome === 'refused' ? standing.why : 'wrong password';
      noteFailure(asked, why, row?.user_id);
      const locked = standing.outcome === 'refused' && standing.why === 'locked';
      return locked ? slowDown(row?.locked_until_us ?? timeUs, timeUs) : { outcome: 'wrong' };
    }
    const needed = verdict.needsUpgrade || row.sealed_with !== seal.sealedWith;
    const ifStill = await stillThis(standing, row, { needed, password });
    const { userId, role, permissions } = standing;
    const verifierVersion = row.verifier_version ?? 0;
    return { outcome: 'right', userId, role, permissions, verifierVersion, ifStill, attempted };
  };

  return {
    check: async (asked) => {
      const timeUs = decisions.clock.nowUs();
      const attempted = { loginHash: hashLogin(asked.login), network: networkOf(asked.address), timeUs };
      const begun = await database.transact((sql) => beginAttempt(sql, attempted));
      if (begun.outcome === 'refused') {
        noteFailure(asked, begun.why, undefined);
        return slowDown(begun.retryAtUs, timeUs);
      }
      const { locksUntilUs } = begun;
      try {
        return await judged(asked, { attempted, locksUntilUs });
      } catch (error) {
        await takeBack(attempted);
        throw error;
      }
    },
    forget,
    lead: async (checked, work) => {
      let answered: string | undefined;
      try {
        const answer = await work();
        answered = answer.outcome;
        return answer;
      } finally {
        if (answered === undefined || answered === 'unavailable' || answered === 'conflict') await forget(checked);
      }
    },
  };
};

type Begun = { readonly attempted: Attempted; readonly locksUntilUs: number | undefined };
type Strengthen = { readonly needed: boolean; readonly password: string };

/** Only that the stream is where it was. */
const nothing: Pick<AccessAsk, 'decider' | 'command' | 'alongside'> = {
  decider: { initial: undefined, evolve: (state) => state, decide: () => decided() },
  command: undefined,
  alongside: async () => undefined,
};

/** As accounts may have them. Others cannot be there, and what is no text for a database must not get to it. */
const canBeLogin = (login: string): boolean => /^[\x21-\x7e]{1,128}$/.test(login);

const slowDown = (untilUs: number, nowUs: number): Checked => ({
  outcome: 'slow-down',
  retryAfterS: Math.max(1, Math.ceil((untilUs - nowUs) / 1_000_000)),
});
