/** Whether a password is right: slow for anyone who guesses, and the same for logins that there are and that there are not. */
import type { LoginAsked } from '@plenum/access';
import {
  type Attempted,
  type AuthorizedLogin,
  credentialStream,
  failuresMax,
  type LoginStanding,
  loginStanding,
  networkOf,
  type Role,
  recordPasswordHash,
  standUser,
} from '@plenum/access';
import { type Command, command, decided, plenumItself } from '@plenum/event';
import { TransientFailure, turnsOfEach } from '@plenum/runtime';
import { countedAttempts } from './counted-attempts.ts';
import type { LoginsParts } from './password-requests.ts';
import { failureOf } from './security/sightings.ts';

export type PasswordCheck = {
  /** Counts as a failure until `forget`, unless it is unknown whether it was right. @throws TransientFailure */
  check(asked: LoginAsked): Promise<Checked>;
  /** What was right is not held against anybody. */
  forget(checked: RightPassword): Promise<void>;
  /** What a right password leads to; forgets the attempt when that fails for no fault of the one who knew it. */
  lead<T extends { readonly outcome: string }>(checked: RightPassword, work: () => Promise<T>): Promise<T>;
};

export type Checked =
  | RightPassword
  | { readonly outcome: 'wrong' }
  | { readonly outcome: 'slow-down'; readonly retryAfterS: number };

export type RightPassword = {
  readonly outcome: 'right';
  readonly userId: string;
  readonly organisation: string;
  readonly role: Role;
  readonly permissions: readonly string[];
  readonly hashVersion: number;
  /** Goes into the decision that follows: nothing is recorded unless this is still the password. May strengthen its hash. */
  readonly ifStill: Command;
  readonly attempted: Attempted;
};

/** Checks at once from one network, of the 66 that there is capacity for: a few who send many leave it to others. */
const atWorkMax = 4;

type Open = Extract<LoginStanding, { readonly outcome: 'open' }>;

export const passwordCheck = (parts: LoginsParts): PasswordCheck => {
  const { reads, passwords, encryption, decisions, hashLogin, security } = parts;
  const attempts = countedAttempts(parts);
  const atWork = turnsOfEach(atWorkMax);

  const noteFailure = (asked: LoginAsked, why: string, row: AuthorizedLogin | undefined): void =>
    security.see(failureOf(asked, { method: 'password', why, userId: row?.user_id, organisation: row?.organisation }));

  const judged = async (asked: LoginAsked, { attempted, locksUntilUs }: Begun): Promise<Checked> => {
    const { timeUs } = attempted;
    const row = canBeLogin(asked.login) ? await reads.login(asked.login) : undefined;
    const standing = loginStanding(row, timeUs);
    const { text, encrypted = false } = credentialHashOf(parts, standing);
    const { password } = asked;
    const verdict = await passwords.verify(password, text);
    if (encrypted) {
      // Another process may have the key: what is wrong with this one is not held against the account.
      await attempts.takeBack(attempted);
      noteFailure(asked, 'credential hash cannot be decrypted', row);
      return { outcome: 'wrong' };
    }
    if (row === undefined || standing.outcome === 'refused' || verdict.outcome === 'wrong') {
      lockOut(parts, row, locksUntilUs);
      const why = standing.outcome === 'refused' ? standing.why : 'wrong password';
      noteFailure(asked, why, row);
      const locked = standing.outcome === 'refused' && standing.why === 'locked';
      return locked ? slowDown(row?.locked_until_us ?? timeUs, timeUs) : { outcome: 'wrong' };
    }
    const needed = verdict.needsUpgrade || row.encrypted_with !== encryption.encryptedWith;
    const ifStill = await stillThis(parts, standing, row, { needed, password });
    const { userId, organisation, role, permissions } = standing;
    const hashVersion = row.hash_version ?? 0;
    return { outcome: 'right', userId, organisation, role, permissions, hashVersion, ifStill, attempted };
  };

  const attempted = async (asked: LoginAsked, network: string): Promise<Checked> => {
    const timeUs = decisions.clock.nowUs();
    const attempt = { loginHash: hashLogin(asked.login), network, timeUs };
    const begun = await attempts.begin(attempt);
    if (begun.outcome === 'refused') {
      noteFailure(asked, begun.why, undefined);
      return slowDown(begun.retryAtUs, timeUs);
    }
    const { locksUntilUs } = begun;
    try {
      return await judged(asked, { attempted: attempt, locksUntilUs });
    } catch (error) {
      await attempts.takeBack(attempt);
      throw error;
    }
  };

  return {
    check: async (asked) => {
      const network = networkOf(asked.address);
      const leave = atWork.take(network);
      if (leave === undefined) {
        noteFailure(asked, 'too many at once', undefined);
        return { outcome: 'slow-down', retryAfterS: 1 };
      }
      try {
        return await attempted(asked, network);
      } finally {
        leave();
      }
    },
    forget: (checked) => attempts.forget(checked.attempted),
    lead: (checked, work) => attempts.lead(checked.attempted, work),
  };
};

/** The text of a credential hash; none when every password is wrong. */
const credentialHashOf = (
  parts: LoginsParts,
  standing: LoginStanding,
): { readonly text?: string; readonly encrypted?: true } => {
  if (standing.outcome !== 'open' || standing.credentialHash === undefined) return {};
  const opened = parts.encryption.decrypt(standing.userId, standing.credentialHash);
  if (opened.outcome === 'decrypted') return { text: opened.text };
  const { encryptedWith } = standing.credentialHash;
  parts.noteUnreadable();
  parts.logger.error(
    { user: standing.userId, outcome: opened.outcome, encryptedWith },
    'a credential hash cannot be decrypted',
  );
  return { encrypted: true };
};

/** The last failure that an account takes locks it. The count of attempts holds until that is decided, and after. */
const lockOut = (parts: LoginsParts, row: AuthorizedLogin | undefined, untilUs: number | undefined): void => {
  if (row === undefined || untilUs === undefined) return;
  const locking = standUser(row.user_id, { do: 'lock-out', untilUs, failures: failuresMax });
  parts.aside('locking an account', () => parts.handle(locking, { id: `${untilUs}`, actor: plenumItself }));
};

type Begun = { readonly attempted: Attempted; readonly locksUntilUs: number | undefined };
type Strengthen = { readonly needed: boolean; readonly password: string };

const stillThis = async (parts: LoginsParts, open: Open, row: AuthorizedLogin, asked: Strengthen): Promise<Command> => {
  const expectedVersion = row.hash_version ?? 0;
  const { userId } = open;
  const encrypted = asked.needed ? await strengthened(parts, userId, asked.password) : undefined;
  if (encrypted !== undefined) return { ...recordPasswordHash(userId, encrypted), expectedVersion };
  return stillAt(credentialStream(userId), expectedVersion);
};

const strengthened = async (parts: LoginsParts, userId: string, password: string) => {
  try {
    return await parts.encryptedPasswordHash(userId, password);
  } catch (error) {
    if (!(error instanceof TransientFailure)) throw error;
    return undefined; // Too many wait for their passwords; this one is strong enough for one more login.
  }
};

/** Only that the stream is where it was. */
const stillAt = (stream: string, expectedVersion: number): Command =>
  command({
    name: 'access.expect-password',
    ...{ stream, expectedVersion, data: undefined },
    decider: { initial: undefined, evolve: (state) => state, decide: () => decided() },
  });

/** As accounts may have them. Others cannot be there, and what is no text for a database must not get to it. */
const canBeLogin = (login: string): boolean => /^[\x21-\x7e]{1,128}$/.test(login);

const slowDown = (untilUs: number, nowUs: number): Checked => ({
  outcome: 'slow-down',
  retryAfterS: Math.max(1, Math.ceil((untilUs - nowUs) / 1_000_000)),
});
