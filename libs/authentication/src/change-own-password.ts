/** Somebody changes the password that they know. */
import { changePassword, ownPasswordChange, type PasswordAsked, userStream } from '@plenum/access';
import { defaultOrganisation, personalText } from '@plenum/event';
import { isId } from '@plenum/runtime';
import type { Checked, PasswordCheck, RightPassword } from './check-password.ts';
import { isSamePassword, passwordProblem } from './password-policy.ts';
import type { LoginsParts } from './password-requests.ts';
import { successOf } from './security/sightings.ts';
import { userAsDecided } from './user-as-decided.ts';

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
  const owner = isId(userId) ? await userAsDecided(parts.decisions, userId) : undefined;
  const login = personalText(owner?.state?.fields.login) ?? '';
  if (owner?.state?.fields.login.state === 'erased') return { outcome: 'unfit', reason: loginErased };
  const unfit = isSamePassword(newPassword, password)
    ? 'It is the present password.'
    : passwordProblem(newPassword, login);
  if (unfit !== undefined) return { outcome: 'unfit', reason: unfit };
  // A client that got no answer sends it again, and the password it calls the present one is not any more.
  const organisation = owner?.organisation ?? defaultOrganisation;
  const actor = { id: userId, organisation, permissions: [] };
  const known = await parts.isKnown(changeOfOwn(userId), { id: asked.id, actor });
  const checked = await check.check({ ...asked, password: known ? newPassword : password, login });
  if (known && checked.outcome === 'wrong') return { outcome: 'unfit', reason: 'The command id was used before.' };
  if (checked.outcome !== 'right') return checked;
  const ended = known ? await endedBefore(parts, { asked, check, checked }) : undefined;
  const recorded = ended ?? (await check.lead(checked, () => record(parts, { asked, check, checked })));
  return recorded.outcome === 'recorded' ? { outcome: 'done', sessionsEnded: recorded.ended.length } : recorded;
};

const loginErased = 'The login of this account was erased: no password is of use until it has another.';

type Right = Asked & { readonly checked: RightPassword };

type Recorded = { readonly outcome: 'recorded'; readonly ended: readonly string[] };

/** It is recorded, and what is left of it to do may not be done. */
const endedBefore = async (parts: LoginsParts, { asked, check, checked }: Right): Promise<Recorded> => {
  await check.forget(checked);
  const { ended } = await parts.endSessions(endOf(parts, { asked, checked }), async () => ({ outcome: 'done' }));
  return { outcome: 'recorded', ended };
};

const record = async (
  parts: LoginsParts,
  { asked, check, checked }: Right,
): Promise<Recorded | Extract<Changed, { readonly outcome: 'wrong' | 'conflict' }>> => {
  const { handle, encryptedPasswordHash, endSessions, security } = parts;
  const { userId, organisation, hashVersion } = checked;
  const encrypted = await encryptedPasswordHash(userId, asked.newPassword);
  const end = endOf(parts, { asked, checked });
  const { actor, nowUs } = end;
  const { id, trace, request } = asked;
  const { done, ended } = await endSessions(end, async (keeps) => {
    const command = changePassword(userId, { actor, nowUs, keeps, encrypted, hashVersion });
    const handled = await handle(command, { id, actor, trace, request });
    if (handled.outcome !== 'done') return handled;
    await check.forget(checked);
    security.see(successOf(asked, { userId, organisation }, 'password'));
    return handled;
  });
  if (done.outcome === 'refused') return { outcome: 'wrong' };
  if (done.outcome === 'conflict') return { outcome: 'conflict' };
  return { outcome: 'recorded', ended };
};

const endOf = ({ decisions }: LoginsParts, { asked, checked }: Pick<Right, 'asked' | 'checked'>) => ({
  userId: checked.userId,
  nowUs: decisions.clock.nowUs(),
  reason: 'password-changed' as const,
  actor: { id: checked.userId, organisation: checked.organisation, permissions: checked.permissions },
  except: asked.tokenId,
});

/** What the command is known by, before there is anything to make it of. */
const changeOfOwn = (userId: string) => ({ name: ownPasswordChange, stream: userStream(userId) });
