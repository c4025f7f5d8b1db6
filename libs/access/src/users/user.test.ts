import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { erasedPersonal, type NewEvent, newEvent, personal } from '@plenum/event';
import { administrator, clerk, type DeciderCase, deciderCases } from '../testing/decider-cases.ts';
import { type KeptSession, type UserCommand, user } from './user.ts';
import {
  UserChanged,
  UserCreated,
  UserDisabled,
  UserEnabled,
  UserLockedOut,
  UserSessionsEnded,
  UserUnlocked,
} from './user-events.ts';

const userId = '0190a7f0-2222-7abc-8def-000000000002';
const fields = {
  login: personal('ana'),
  name: personal('Ana Perić'),
  email: personal('ana@example.org'),
  role: 'guest',
  permissions: ['read:sensors'],
};
const created = { user_id: userId, ...fields, imported_id: undefined };
const ana = newEvent(UserCreated, { ...created, by: 'boss' });
const boss = newEvent(UserCreated, { ...created, role: 'administrator', permissions: ['*'], by: 'plenum' });
const disabled = newEvent(UserDisabled, { user_id: userId, by: 'boss' });
const enabled = newEvent(UserEnabled, { user_id: userId, by: 'boss' });
const lockedUntil = (until: number): NewEvent => newEvent(UserLockedOut, { user_id: userId, until, failures: 20 });
const unlocked = newEvent(UserUnlocked, { user_id: userId, by: 'boss' });
const renamed = newEvent(UserChanged, { user_id: userId, ...fields, name: personal('Ana'), by: 'boss' });

const endedUntil = (until: number, kept_token_id?: string): NewEvent =>
  newEvent(UserSessionsEnded, { user_id: userId, until, kept_token_id, reason: 'password-changed', by: 'boss' });

const create = { do: 'create', userId, login: 'ana', name: 'Ana', role: 'guest', actor: administrator } as const;
const herself = { id: userId, organisation: 'default', permissions: ['*'] };

const creating: readonly DeciderCase<UserCommand>[] = [
  { name: 'is created', when: create, leadsTo: ['UserCreated'] },
  { name: 'is not created twice', given: [ana], when: create, leadsTo: 'exists' },
  { name: 'needs a UUID', when: { ...create, userId: 'ana' }, leadsTo: 'invalid' },
  { name: 'needs a login', when: { ...create, login: '' }, leadsTo: 'invalid' },
  { name: 'needs a login without blanks', when: { ...create, login: 'ana peric' }, leadsTo: 'invalid' },
  { name: 'needs a login of plain letters', when: { ...create, login: 'аna' }, leadsTo: 'invalid' },
  { name: 'needs a name', when: { ...create, name: '' }, leadsTo: 'invalid' },
  { name: 'needs a name on one line', when: { ...create, name: 'Ana\nPerić' }, leadsTo: 'invalid' },
  { name: 'needs a name without NUL', when: { ...create, name: 'Ana\u0000' }, leadsTo: 'invalid' },
  { name: 'may have an empty email, which is none', when: { ...create, email: '' }, leadsTo: ['UserCreated'] },
  { name: 'needs an email with an @', when: { ...create, email: 'ana' }, leadsTo: 'invalid' },
  { name: 'needs permissions that are some', when: { ...create, permissions: ['anything'] }, leadsTo: 'invalid' },
  { name: 'may be known by an id from elsewhere', when: { ...create, importedId: 'u:17' }, leadsTo: ['UserCreated'] },
  { name: 'needs such an id to be visible', when: { ...create, importedId: 'u 17' }, leadsTo: 'invalid' },
  { name: 'needs such an id that is not empty', when: { ...create, importedId: '' }, leadsTo: 'invalid' },
  { name: 'may have no permissions', when: { ...create, permissions: [] }, leadsTo: ['UserCreated'] },
  {
    name: 'is not given more than the actor who creates it may do',
    when: { ...create, role: 'operator', actor: clerk },
    leadsTo: 'forbidden',
  },
  {
    name: 'is given as much as the actor who creates it may do',
    when: { ...create, actor: clerk },
    leadsTo: ['UserCreated'],
  },
];

const forgotten = newEvent(UserCreated, {
  ...created,
  ...{ login: erasedPersonal, name: erasedPersonal, email: erasedPersonal, by: 'boss' },
});

const erased: readonly DeciderCase<UserCommand>[] = [
  {
    name: 'who was erased is changed',
    given: [forgotten],
    when: { do: 'change', role: 'operator', actor: administrator },
    leadsTo: ['UserChanged'],
  },
  {
    name: 'who was erased gets another login, and stays without a name',
    given: [forgotten],
    when: { do: 'change', login: 'bo', actor: administrator },
    leadsTo: ['UserChanged'],
  },
  {
    name: 'who was erased gets no login that is none',
    given: [forgotten],
    when: { do: 'change', login: 'b o', actor: administrator },
    leadsTo: 'invalid',
  },
  {
    name: 'without a login gets no password',
    given: [forgotten],
    when: { do: 'change-password', nowUs: 5, actor: administrator },
    leadsTo: 'not-now',
  },
  {
    name: 'who was erased is disabled',
    given: [forgotten],
    when: { do: 'disable', actor: administrator },
    leadsTo: ['UserDisabled'],
  },
];

const changing: readonly DeciderCase<UserCommand>[] = [
  { name: 'that does not exist is not changed', when: { do: 'change', actor: administrator }, leadsTo: 'not-found' },
  { name: 'is changed', given: [ana], when: { do: 'change', name: 'Ana', actor: clerk }, leadsTo: ['UserChanged'] },
  { name: 'stays as it is', given: [ana, renamed], when: { do: 'change', name: 'Ana', actor: clerk }, leadsTo: [] },
  { name: 'loses its email', given: [ana], when: { do: 'change', email: '', actor: clerk }, leadsTo: ['UserChanged'] },
  {
    name: 'is not changed into nonsense',
    given: [ana],
    when: { do: 'change', login: 'a b', actor: clerk },
    leadsTo: 'invalid',
  },
  {
    name: 'gets another role and its permissions',
    given: [ana],
    when: { do: 'change', role: 'operator', actor: administrator },
    leadsTo: ['UserChanged'],
  },
  {
    name: 'is not given more than the actor who changes it may do',
    given: [ana],
    when: { do: 'change', role: 'administrator', actor: clerk },
    leadsTo: 'forbidden',
  },
  {
    name: 'is not changed by somebody who may do less',
    given: [boss],
    when: { do: 'change', name: 'B', actor: clerk },
    leadsTo: 'forbidden',
  },
  {
    name: 'does not change its own role',
    given: [boss],
    when: { do: 'change', role: 'guest', actor: herself },
    leadsTo: 'forbidden',
  },
  {
    name: 'changes its own name',
    given: [boss],
    when: { do: 'change', name: 'B', actor: herself },
    leadsTo: ['UserChanged'],
  },
];

const standing: readonly DeciderCase<UserCommand>[] = [
  { name: 'is disabled', given: [ana], when: { do: 'disable', actor: clerk }, leadsTo: ['UserDisabled'] },
  { name: 'is disabled already', given: [ana, disabled], when: { do: 'disable', actor: clerk }, leadsTo: [] },
  { name: 'does not disable itself', given: [boss], when: { do: 'disable', actor: herself }, leadsTo: 'forbidden' },
  {
    name: 'is not disabled by somebody who may do less',
    given: [boss],
    when: { do: 'disable', actor: clerk },
    leadsTo: 'forbidden',
  },
  { name: 'that does not exist is not disabled', when: { do: 'disable', actor: clerk }, leadsTo: 'not-found' },
  { name: 'is enabled', given: [ana, disabled], when: { do: 'enable', actor: clerk }, leadsTo: ['UserEnabled'] },
  { name: 'is enabled already', given: [ana], when: { do: 'enable', actor: clerk }, leadsTo: [] },
  {
    name: 'is locked out',
    given: [ana],
    when: { do: 'lock-out', untilUs: 9, failures: 20 },
    leadsTo: ['UserLockedOut'],
  },
  {
    name: 'is locked out for that long already',
    given: [ana, lockedUntil(9)],
    when: { do: 'lock-out', untilUs: 9, failures: 20 },
    leadsTo: [],
  },
  {
    name: 'is locked out for longer',
    given: [ana, lockedUntil(9)],
    when: { do: 'lock-out', untilUs: 10, failures: 20 },
    leadsTo: ['UserLockedOut'],
  },
  {
    name: 'is unlocked',
    given: [ana, lockedUntil(9)],
    when: { do: 'unlock', actor: clerk },
    leadsTo: ['UserUnlocked'],
  },
  {
    name: 'is unlocked already',
    given: [ana, lockedUntil(9), unlocked],
    when: { do: 'unlock', actor: clerk },
    leadsTo: [],
  },
];

const admitting: readonly DeciderCase<UserCommand>[] = [
  { name: 'may have a session', given: [ana], when: { do: 'admit', nowUs: 5 }, leadsTo: [] },
  { name: 'that does not exist has no session', when: { do: 'admit', nowUs: 5 }, leadsTo: 'not-found' },
  {
    name: 'has no session while disabled',
    given: [ana, disabled],
    when: { do: 'admit', nowUs: 5 },
    leadsTo: 'forbidden',
  },
  {
    name: 'may have one when enabled again',
    given: [ana, disabled, enabled],
    when: { do: 'admit', nowUs: 5 },
    leadsTo: [],
  },
  {
    name: 'has no session while locked out',
    given: [ana, lockedUntil(9)],
    when: { do: 'admit', nowUs: 8 },
    leadsTo: 'not-now',
  },
  {
    name: 'may have one after the lock-out',
    given: [ana, lockedUntil(9)],
    when: { do: 'admit', nowUs: 9 },
    leadsTo: [],
  },
  {
    name: 'has its sessions ended by a clerk, though it may do more',
    given: [boss],
    when: { do: 'end-sessions', nowUs: 5, actor: clerk },
    leadsTo: ['UserSessionsEnded'],
  },
  {
    name: 'has its password changed by a clerk, which ends its sessions',
    given: [ana],
    when: { do: 'change-password', nowUs: 5, actor: clerk },
    leadsTo: ['UserSessionsEnded'],
  },
  {
    name: 'does not have it changed by one who may do less',
    given: [boss],
    when: { do: 'change-password', nowUs: 5, actor: clerk },
    leadsTo: 'forbidden',
  },
];

deciderCases('a user', user, [...creating, ...changing, ...erased, ...standing, ...admitting]);

describe('the end of all sessions of a user', () => {
  const afterwards = (given: readonly NewEvent[], nowUs: number, keeps?: KeptSession) => {
    const state = [ana, ...given].reduce(user.evolve, user.initial);
    const answer = user.decide(state, { do: 'change-password', nowUs, keeps, actor: administrator });
    assert.ok(answer.outcome === 'decided');
    return answer.events.reduce(user.evolve, state)?.sessionsEnded;
  };
  const a = { tokenId: 'a', startedAtUs: 3 };

  it('keeps the one that asks', () => {
    assert.deepEqual(afterwards([], 5, a), { untilUs: 5, keptTokenId: 'a' });
    assert.deepEqual(afterwards([endedUntil(4, 'a')], 5, a), { untilUs: 5, keptTokenId: 'a' }, 'again');
    assert.deepEqual(afterwards([endedUntil(2)], 5, a), { untilUs: 5, keptTokenId: 'a' }, 'begun since');
  });

  it('brings back none that had ended', () => {
    assert.deepEqual(afterwards([endedUntil(4, 'b')], 5, a), { untilUs: 5, keptTokenId: undefined });
    assert.deepEqual(
      afterwards([endedUntil(9)], 5),
      { untilUs: 9, keptTokenId: undefined },
      'by a clock that is behind',
    );
  });
});

describe('the names of a user', () => {
  const names = (...given: readonly NewEvent[]) => user.reserves?.(given.reduce(user.evolve, user.initial));

  it('are the login, whose letters may be large or small, and what a replaced system calls them', () => {
    assert.deepEqual(names(), []);
    assert.deepEqual(names(newEvent(UserCreated, { ...created, login: personal('Ana'), by: 'boss' })), ['login:ana']);
    const imported = newEvent(UserCreated, { ...created, imported_id: personal('U-17'), by: 'boss' });
    assert.deepEqual(names(imported), ['login:ana', 'login:u-17']);
    const same = newEvent(UserCreated, { ...created, imported_id: personal('ANA'), by: 'boss' });
    assert.deepEqual(names(same), ['login:ana'], 'one name, once');
  });

  it('change with the login, but for what a replaced system calls them', () => {
    const toBo = newEvent(UserChanged, { user_id: userId, ...fields, login: personal('bo'), by: 'boss' });
    assert.deepEqual(names(ana, toBo), ['login:bo']);
    const imported = newEvent(UserCreated, { ...created, imported_id: personal('ana'), by: 'boss' });
    assert.deepEqual(names(imported, toBo), ['login:bo', 'login:ana']);
  });

  it('are not known of somebody who was erased, until they have another login', () => {
    const erased = newEvent(UserCreated, { ...created, login: erasedPersonal, name: erasedPersonal, by: 'boss' });
    assert.deepEqual(names(erased), []);
    const toBo = newEvent(UserChanged, { user_id: userId, ...fields, login: personal('bo'), by: 'boss' });
    assert.deepEqual(names(erased, toBo), ['login:bo']);
  });

  it('stay when the user is disabled', () => {
    assert.deepEqual(names(ana, disabled), ['login:ana']);
  });
});
