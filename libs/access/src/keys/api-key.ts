/** The rules about one API key. */
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
import { mayDoAll } from '../actor.ts';
import { type Givable, grant } from '../grant.ts';
import { type Role, roleRateLimits } from '../permissions.ts';
import {
  ApiKeyChanged,
  ApiKeyDisabled,
  ApiKeyEnabled,
  ApiKeyIssued,
  ApiKeyRevoked,
  ApiKeyUsed,
  type KeyFields,
} from './key-events.ts';

/** `undefined`: there is no such key. */
export type KeyState = ApiKey | undefined;

export type ApiKey = {
  readonly keyId: string;
  /** A revoked key stays revoked. */
  readonly standing: 'active' | 'disabled' | 'revoked';
  readonly fields: KeyFields;
};

/** What is asked for about a key, one function each. */
type Asked = {
  readonly issue: {
    readonly name: string;
    /** As `keyIdOf` makes it. */
    readonly keyId: string;
    /** SHA-256 of the credential hash, 64 hexadecimal digits. */
    readonly keyHash: string;
    readonly role: Role;
    /** Those of the role, unless given. */
    readonly permissions?: readonly string[] | undefined;
    readonly givable?: Givable;
    /** Requests a minute; as the role has it, unless given. */
    readonly rateLimit?: number | undefined;
    /** Never, unless given. */
    readonly expiresAtUs?: number | undefined;
    readonly nowUs: number;
    readonly actor: Actor;
  };
  /** What is not given stays. A new role brings its own permissions unless some are given. */
  readonly change: {
    readonly role?: Role | undefined;
    readonly permissions?: readonly string[] | undefined;
    readonly givable?: Givable;
    readonly rateLimit?: number | undefined;
    readonly expiresAtUs?: number | 'never' | undefined;
    readonly nowUs: number;
    readonly actor: Actor;
  };
  readonly disable: { readonly actor: Actor };
  readonly enable: { readonly actor: Actor };
  readonly revoke: { readonly actor: Actor };
  /** Reported afterwards, so a key that was revoked meanwhile takes it too. */
  readonly use: { readonly count: number; readonly lastUsedUs: number };
};

export type KeyCommand = { readonly [Do in keyof Asked]: { readonly do: Do } & Asked[Do] }[keyof Asked];

/** The id of a key: its name and 8 hexadecimal digits, of 4 random bytes. */
export const keyIdOf = (name: string, random: Uint8Array): string => `${name}_${random.subarray(0, 4).toHex()}`;

/** How long a key lasts when nothing else is said. */
export const keyDays = 365;

const decide = (state: KeyState, command: KeyCommand): Decided => {
  if (command.do === 'issue') return issue(state, command);
  if (state === undefined) return refused('not-found', 'There is no such key.');
  const { keyId } = state;
  switch (command.do) {
    case 'use':
      return command.count < 1
        ? refused('invalid', 'A key that was used was used at least once.')
        : decided(newEvent(ApiKeyUsed, { key_id: keyId, count: command.count, last_used: command.lastUsedUs }));
    case 'revoke':
      return state.standing === 'revoked'
        ? decided()
        : decided(newEvent(ApiKeyRevoked, { key_id: keyId, by: actorName(command.actor) }));
    case 'disable':
      return usable(state, () =>
        state.standing === 'disabled'
          ? decided()
          : decided(newEvent(ApiKeyDisabled, { key_id: keyId, by: actorName(command.actor) })),
      );
    case 'enable':
      return usable(state, () => enable(state, command.actor));
    case 'change':
      return usable(state, () => change(state, command));
  }
};

const issue = (state: KeyState, { keyId, keyHash, name, nowUs, actor, ...asked }: Asked['issue']): Decided => {
  if (state !== undefined) return refused('exists', 'There is such a key already.');
  if (!keyId.startsWith(`${name}_`)) return refused('invalid', 'The id of a key begins with its name.');
  const granted = grant(actor, asked);
  if (granted.outcome === 'refused') return granted;
  const { role, permissions } = granted;
  const rate_limit = asked.rateLimit ?? roleRateLimits[role];
  const fields: KeyFields = { name, role, permissions, rate_limit, expires_at: asked.expiresAtUs };
  return (
    complaintAbout(fields, nowUs) ??
    decided(newEvent(ApiKeyIssued, { key_id: keyId, key_hash: keyHash, ...fields, issued_by: actorName(actor) }))
  );
};

const change = (key: ApiKey, { actor, nowUs, ...asked }: Asked['change']): Decided => {
  if (!mayDoAll(actor, key.fields.permissions)) return mayDoMore;
  const { role, permissions } = asked;
  const given =
    role === undefined && permissions === undefined
      ? { outcome: 'granted' as const, role: key.fields.role, permissions: key.fields.permissions }
      : grant(actor, { ...asked, role: role ?? key.fields.role });
  if (given.outcome === 'refused') return given;
  const until = asked.expiresAtUs ?? key.fields.expires_at;
  const fields: KeyFields = {
    name: key.fields.name,
    role: given.role,
    permissions: given.permissions,
    rate_limit: asked.rateLimit ?? key.fields.rate_limit,
    expires_at: until === 'never' ? undefined : until,
  };
  if (sameFields(fields, key.fields)) return decided();
  const complaint = complaintAbout(fields, asked.expiresAtUs === undefined ? 0 : nowUs);
  return complaint ?? decided(newEvent(ApiKeyChanged, { key_id: key.keyId, ...fields, by: actorName(actor) }));
};

const enable = (key: ApiKey, actor: Actor): Decided => {
  if (!mayDoAll(actor, key.fields.permissions)) return mayDoMore;
  return key.standing === 'active'
    ? decided()
    : decided(newEvent(ApiKeyEnabled, { key_id: key.keyId, by: actorName(actor) }));
};

const mayDoMore = refused('forbidden', 'The key may do more than the actor of this command.');

const usable = (key: ApiKey, decideThen: () => Decided): Decided =>
  key.standing === 'revoked' ? refused('not-now', 'The key is revoked, which is for ever.') : decideThen();

const namePattern = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;
const rateLimitMax = 10_000_000;

const complaintAbout = ({ name, rate_limit, expires_at }: KeyFields, nowUs: number): Decided | undefined => {
  if (!namePattern.test(name)) {
    return refused('invalid', 'A name is 1 to 64 letters, digits and _ . - and begins with a letter or a digit.');
  }
  if (!Number.isInteger(rate_limit) || rate_limit < 1 || rate_limit > rateLimitMax) {
    return refused('invalid', `A rate limit is a whole number from 1 to ${rateLimitMax}.`);
  }
  if (expires_at !== undefined && expires_at <= nowUs) return refused('invalid', 'A key expires in the future.');
  return undefined;
};

const sameFields = (one: KeyFields, other: KeyFields): boolean =>
  one.role === other.role &&
  one.permissions.join(' ') === other.permissions.join(' ') &&
  one.rate_limit === other.rate_limit &&
  one.expires_at === other.expires_at;

const evolve = (state: KeyState, happened: NewEvent): KeyState => {
  if (isEvent(ApiKeyIssued, happened)) {
    const { key_id: keyId, key_hash: _hash, issued_by: _by, ...fields } = happened.data;
    return { keyId, standing: 'active', fields };
  }
  if (state === undefined) return state;
  if (isEvent(ApiKeyChanged, happened)) {
    const { key_id: _id, by: _by, ...fields } = happened.data;
    return { ...state, fields };
  }
  if (isEvent(ApiKeyDisabled, happened)) return { ...state, standing: 'disabled' };
  if (isEvent(ApiKeyEnabled, happened)) return { ...state, standing: 'active' };
  if (isEvent(ApiKeyRevoked, happened)) return { ...state, standing: 'revoked' };
  return state;
};

export const apiKey: Decider<KeyState, KeyCommand> = { initial: undefined, decide, evolve };
