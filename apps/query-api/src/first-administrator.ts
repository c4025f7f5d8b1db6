import type { Authentication } from '@plenum/authentication';

/**
 * Makes the first administrator where there never was a user, and shows their password: once, to this process alone,
 * and nowhere but through `tell`, for a log is read by many and kept for long.
 * @throws TransientFailure; what `tell` throws.
 */
export const tellFirstAdministrator = async (
  { users }: Pick<Authentication, 'users'>,
  tell: (text: string) => Promise<void>,
): Promise<void> => {
  const first = await users.createFirst();
  if (first.outcome === 'exists') return;
  await tell(
    [
      '',
      'The first administrator is made. This is shown once:',
      `  login     ${first.login}`,
      `  password  ${first.password}`,
      'Change it after logging in. If it is lost: npm run plenum -- users password --user admin',
      '',
      '',
    ].join('\n'),
  );
};
