/** Somebody changes the password that he knows. */
import { changePassword, sealPassword, user, userStream } from '@plenum/access';
import { stateOf } from '@plenum/runtime';
import type { Checked, PasswordCheck, RightPassword } from './check-password.ts';
import { isId } from './decide.ts';
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
  // Whoever was not told that it was done asks again, and the password he calls the present one is not any more.
  const known = await parts.deciding.isKnown(about({ ...asked, actor: { id: userId, permissions: [] } }));
  const checked = await check.check({ ...asked, password: known ? newPassword : password, login });
  if (known && checked.outcome === 'wrong') return { outcome: 'unfit', reason: 'The command id was used before.' };
  if (checked.outcome !== 'right') return checked;
  if (known) await check.forget(checked);
  else {
    const recorded = await check.lead(checked, () => record(parts, { asked, check, checked }));
    if (recorded.outcome !== 'recorded') return recorded;
  }
  const actor = { id: userId, permissions: checked.permissions };
  const ended = await parts.endSessions(userId, { reason: 'password-changed', actor, except: asked.tokenId });
  return { outcome: 'done', sessionsEnded: ended.length };
};

type Right = Asked & { readonly checked: RightPassword };

type Recorded = { readonly outcome: 'recorded' } | Extract<Changed, { readonly outcome: 'wrong' | 'conflict' }>;

/** Sessions that began before end in the same transaction. */
const record = async (parts: LoginsParts, { asked, check, checked }: Right): Promise<Recorded> => {
  const { deciding, decisions, sealedPassword, keptSession, security } = parts;
  const { userId, permissions, verifierVersion } = checked;
  const actor = { id: userId, permissions };
  const sealed = await sealedPassword(userId, asked.newPassword);
  const keeps = await keptSession(userId, asked.tokenId);
  const ask = {
    ...changePassword(userId, { actor, nowUs: decisions.clock.nowUs(), keeps, sealed }),
    also: () => [{ ...sealPassword(userId, sealed), expectedVersion: verifierVersion }],
  };
  const stream = userStream(userId);
  const done = await deciding.order({ ...about({ ...asked, actor }), stream, prefix: userStream(''), ask });
  if (done.outcome === 'refused') return { outcome: 'wrong' };
  if (done.outcome === 'conflict') return { outcome: 'conflict' };
  await check.forget(checked);
  security.see(successOf(asked, userId, 'password'));
  return { outcome: 'recorded' };
};

const about = (order: PasswordAsked & { readonly actor: Parameters<typeof changePassword>[1]['actor'] }) => ({
  order,
  kind: 'users.own-password',
  subject: order.userId,
});
