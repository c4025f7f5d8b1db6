/**
 * Passwords as they are kept: PBKDF2-HMAC-SHA256 with a salt of their own. Checking one takes a tenth of a second on
 * purpose, in Node's thread pool; so only a few are checked at once, or a flood of logins would keep files, name
 * look-ups and everything else that uses the pool waiting.
 */
import { pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { TransientFailure, turns } from '@plenum/runtime';
import { formatPasswordHash, parsePasswordHash } from './credential-hash.ts';
import { passwordForms } from './password-text/password-forms.ts';

/** What OWASP asks of PBKDF2-HMAC-SHA256 (2023). */
const iterationsMin = 600_000;
const hashBytes = 32;

export type Passwords = {
  /**
   * A credential hash (see `formatPasswordHash`) with a new salt, of the password as RFC 8265 prepares it.
   * @throws TransientFailure `passwords-busy`; Error for what can be nobody's password (see `passwordForms`).
   */
  hash(password: string): Promise<string>;
  /**
   * Checks a password against a credential hash, or against nothing when there is no such login: each costs the same, also
   * for a hash with fewer iterations than are made today. A password that is typed in another form than it is hashed in
   * costs twice, with or without such a login: it may have been hashed as it was typed.
   * @throws TransientFailure `passwords-busy` when too many wait; Error when `credentialHash` is not one.
   */
  verify(password: string, credentialHash: string | undefined): Promise<PasswordVerdict>;
};

export type PasswordVerdict =
  /** `needsUpgrade`: hash it again now that it is known, for it was made with fewer iterations or of another form. */
  { readonly outcome: 'right'; readonly needsUpgrade: boolean } | { readonly outcome: 'wrong' };

export type Derive = (password: string, salt: string, iterations: number) => Promise<Uint8Array>;

export type PasswordSettings = {
  /** 600,000 or more. */
  readonly iterations?: number;
  /** Of the four threads that Node has for this. */
  readonly concurrentMax?: number;
  /** Beyond these, callers are refused for now. */
  readonly waitingMax?: number;
  /** PBKDF2-HMAC-SHA256; tests count with it what is spent. */
  readonly derive?: Derive;
};

/** @throws when fewer iterations are asked for than are safe. */
export const passwords = (settings: PasswordSettings = {}): Passwords => {
  const { iterations = iterationsMin, concurrentMax = 2, waitingMax = 64, derive = deriveInPool } = settings;
  if (iterations < iterationsMin) throw new Error(`${iterations} iterations are too few; ${iterationsMin} are safe`);
  const inTurn = turns({ atATime: concurrentMax, waiting: { max: waitingMax, refusal: busy } });
  const nobody = { iterations, salt: newSalt(), hash: randomBytes(hashBytes).toString('hex') };

  const check = async (password: string, text: string | undefined): Promise<PasswordVerdict> => {
    const parsed = text === undefined ? nobody : parsePasswordHash(text);
    if (parsed === undefined) throw new Error('what a password is to be checked against is no hash of a password');
    const isWeak = parsed.iterations < iterations;
    const matches = async (form: string): Promise<boolean> => {
      const derived = await derive(form, parsed.salt, parsed.iterations);
      // An old hash is quicker to check, which would reveal that there is such a login.
      if (isWeak) await derive(form, parsed.salt, iterations - parsed.iterations);
      return timingSafeEqual(derived, Buffer.from(parsed.hash, 'hex')) && parsed !== nobody;
    };
    const forms = passwordForms(password);
    // A replaced system hashed what was typed.
    for (const form of isWeak ? forms.toReversed() : forms) {
      if (await matches(form)) return { outcome: 'right', needsUpgrade: isWeak || form !== forms[0] };
    }
    return { outcome: 'wrong' };
  };

  return {
    hash: (password) =>
      inTurn.run(async () => {
        const [form] = passwordForms(password);
        if (form === undefined) throw new Error('what is to be hashed is no password');
        const salt = newSalt();
        const derived = await derive(form, salt, iterations);
        return formatPasswordHash({ iterations, salt, hash: Buffer.from(derived).toString('hex') });
      }),
    verify: (password, credentialHash) => inTurn.run(() => check(password, credentialHash)),
  };
};

const busy = (): TransientFailure => new TransientFailure('passwords-busy', 'too many passwords wait to be checked');

/** A password that is shown once, and that its owner is asked to change: 120 bits, without letters that look alike. */
export const oneTimePassword = (): string => {
  const letters = [...randomBytes(24)].map((byte) => alphabet[byte % alphabet.length]).join('');
  return letters.match(/.{6}/g)?.join('-') ?? letters;
};

/** 32 of them, so that every byte gives five bits evenly. */
const alphabet = 'abcdefghijkmnpqrstuvwxyz23456789';

const newSalt = (): string => randomBytes(32).toString('hex');

const pbkdf2InPool = promisify(pbkdf2);
const deriveInPool: Derive = (password, salt, iterations) =>
  pbkdf2InPool(password, salt, iterations, hashBytes, 'sha256');
