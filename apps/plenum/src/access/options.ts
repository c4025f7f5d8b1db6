/** Options that the commands about users, keys and sessions share. */
import { isRole, type Role, roles } from '@plenum/access';
import { flag, type Option, optionalText, optionalWhole } from '../command-line/options.ts';
import { logOption } from '../command-line/stack-options.ts';

const role: Pick<Option<Role>, 'placeholder' | 'expected' | 'parse'> = {
  placeholder: 'ROLE',
  expected: `one of ${roles.join(', ')}`,
  parse: (written) => (isRole(written) ? { value: written } : undefined),
};

export const requiredRole = (about: string): Option<Role> => ({
  ...role,
  about: `${about} One of ${roles.join(', ')}.`,
  unset: 'required',
});

export const optionalRole = (about: string): Option<Role | undefined> => ({
  ...role,
  about: `${about} One of ${roles.join(', ')}.`,
  unset: { value: undefined, shown: undefined },
});

/** Names with commas between them. */
export const optionalPermissions = (about: string): Option<readonly string[] | undefined> => ({
  about,
  placeholder: 'LIST',
  expected: 'permissions with commas between them, such as read:sensors,write:commands',
  parse: (written) => {
    const listed = written.split(',').map((entry) => entry.trim());
    return listed.every((entry) => entry !== '') ? { value: listed } : undefined;
  },
  unset: { value: undefined, shown: undefined },
});

/** Text that may be empty, which removes what there is. */
export const removableText = (about: string, placeholder: string): Option<string | undefined> => ({
  about,
  placeholder,
  expected: 'a text, or empty to remove it',
  parse: (written) => ({ value: written }),
  unset: { value: undefined, shown: undefined },
});

/** Of every command here. */
export const usual = {
  log: logOption,
  json: flag('One JSON object on standard output.'),
};

/** Of every command that changes something. */
export const ordering = {
  'expected-version': optionalWhole('Only if it is at this version, as a list shows it.', 1),
  'command-id': optionalText('The same when the same is asked again: then it happens once.', 'ID'),
  ...usual,
};
