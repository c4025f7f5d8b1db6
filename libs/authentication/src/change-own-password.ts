/** Somebody changes the password that they know. */
import { changePassword, ownPasswordChange, user, userStream } from '@plenum/access';
import { isId, stateOf } from '@plenum/runtime';
import type { Checked, PasswordCheck, RightPassword } from './check-password.ts';
import type { LoginsParts, PasswordAsked } from './logins.ts';
import { isSamePassword, passwordProblem } from './password-policy.ts';
import { successOf } from './security/sightings.ts';

type Changed =
  | { readonly outcome: 'done'; readonly sessionsEnded: number }
  | { readonly outcome: 'unfit'; readonly reason: string }
  /** Somebody else changed something at the same moment. */
  | { readonly outcome: 'conflict' }
  | Exclude<Checked, RightPassword>;

type Asked = { readonly asked: PasswordAsked; readonly check: PasswordCheck };

/** @throws TransientFailure, after which the same may be asked again: it happens once. */
export const changeOwnPassword = async (parts: LoginsParts, { asked, check }: Asked): Promise<Changed> => {
  const { password, newPassword, userId } = asked;
  const owner = isId(userId) ? await stateOf(parts.decisions.store, user, userStream(userId)) : undefined;
  const login = owner?.state?.fields.login ?? '';
  const unfit = isSamePassword(newPassword, password)
    ? 'It is the present password.'
    : passwordProblem(newPassword, login);
  if (unfit !== undefined) return { outcome: 'unfit', reason: unfit };
  // Whoever was not told that it was done asks again, and the password they call the present one is not any more.
  const actor = { id: userId, permissions: [] };
  const known = await parts.isKnown(changeOfOwn(userId), { id: asked.id, actor });
  const checked = await check.check({ ...asked, password: known ? newPassword : password, login });
  if (known && checked.outcome === 'wrong') return { outcome: 'unfit', reason: 'The command id was used before.' };
  if (checked.outcome !== 'right') return checked;
  if (known) await check.forget(checked);
  else {
    const recorded = await check.lead(checked, () => record(parts, { asked, check, checked }));
    if (recorded.outcome !== 'recorded') return recorded;
  }
  const owning = { id: userId, permissions: checked.permissions };
  const ended = await parts.endSessions(userId, { reason: 'password-changed', actor: owning, except: asked.tokenId });
  return { outcome: 'done', sessionsEnded: ended.length };
};

type Right = Asked & { readonly checked: RightPassword };

type Recorded = { readonly outcome: 'recorded' } | Extract<Changed, { readonly outcome: 'wrong' | 'conflict' }>;

/** Sessions that began before end in the same transaction. */
const record = async (parts: LoginsParts, { asked, check, checked }: Right): Promise<Recorded> => {
  const { handle, decisions, encryptedPasswordHash, keptSession, security } = parts;
  const { userId, permissions, hashVersion } = checked;
  const actor = { id: userId, permissions };
  const encrypted = await encryptedPasswordHash(userId, asked.newPassword);
  const keeps = await keptSession(userId, asked.tokenId);
  const nowUs = decisions.clock.nowUs();
  const { id, trace, request } = asked;
  const command = changePassword(userId, { actor, nowUs, keeps, encrypted, hashVersion });
  const done = await handle(command, { id, actor, trace, request });
  if (done.outcome === 'refused') return { outcome: 'wrong' };
  if (done.outcome === 'conflict') return { outcome: 'conflict' };
  await check.forget(checked);
  security.see(successOf(asked, userId, 'password'));
  return { outcome: 'recorded' };
};

/** What the command is known by, before there is anything to make it of. */
const changeOfOwn = (userId: string) => ({ name: ownPasswordChange, stream: userStream(userId) });
