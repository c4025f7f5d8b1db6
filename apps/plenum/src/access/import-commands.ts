/** `plenum users import` and `plenum keys import`: who had an account or a key in a replaced system. */
import { defineCommand } from '../command-line/command.ts';
import { flag, optionalChoice, optionalText, requiredText } from '../command-line/options.ts';
import { onMachine } from './about.ts';
import { usual } from './options.ts';

export const usersImport = defineCommand({
  name: 'users import',
  summary: 'Make accounts of the users of a replaced system, with their ids and the hashes of their passwords.',
  about:
    'Reads JSON: one object on each line, or an array of them, with login and role, and where there are some name, email, ' +
    'permissions, id (what the replaced system calls them, as its tokens do), password_hash and password_salt. A hash is ' +
    'PBKDF2-HMAC-SHA256 with 100,000 rounds, 64 hexadecimal digits, with a salt of 64 hexadecimal digits; it is kept ' +
    'encrypted, and made stronger when they log in next. Hashes are never printed.\n\n' +
    'Each user is reported on standard output, those that cannot be imported with their place and the reason; the others are ' +
    'imported all the same. Importing the same users again changes nothing. ' +
    `${onMachine}\n\nExit code 0 when all of them have an account, 1 when some were refused.`,
  options: {
    file: requiredText('The file to read, or - for standard input.', 'FILE'),
    'without-hash': optionalChoice(['refuse', 'no-password', 'one-time'], {
      about:
        'What becomes of a user of whose password no such hash was kept: refused, an account without a password, or a one-time password, shown once.',
      otherwise: 'refuse',
    }),
    organisation: optionalText('That they belong to; default, unless given.', 'ID'),
    'dry-run': flag('Say what would be done, and do nothing.'),
    log: usual.log,
    json: flag('A JSON object for each user, and one with the counts at the end.'),
  },
  examples: [
    'users import --file users.ndjson --dry-run',
    'users import --file users.ndjson --without-hash one-time --json',
  ],
  run: async (
    { file, log, json, organisation, 'without-hash': withoutHash = 'refuse', 'dry-run': dryRun },
    surroundings,
  ) => {
    const [{ withAccess }, { readEntries }, { importAll }, { importUsers }] = await load();
    const entries = await readEntries(file, surroundings.input);
    return withAccess({ log }, surroundings, async ({ authentication }) => {
      const importOne = importUsers(authentication, { dryRun, organisation, withoutHash });
      const what = { plural: 'users', one: 'a user', field: 'login' };
      const counts = await importAll({ entries, what, importOne, dryRun, json, ...surroundings });
      return counts.refused === 0 ? 0 : 1;
    });
  },
});

export const keysImport = defineCommand({
  name: 'keys import',
  summary: 'Take over the API keys of a replaced system: they are valid here as they were there.',
  about:
    'Reads JSON: one object on each line, or an array of them, as rows of its table api_keys: key_id, key_hash (SHA-256 of ' +
    'the key, 64 hexadecimal digits), name and role, and where there are some permissions, rate_limit and expires_at, which is ' +
    'UTC unless it says otherwise. Nobody needs the keys for that, and hashes are never printed.\n\n' +
    'Each key is reported on standard output, those that cannot be imported with their place and the reason; the others are ' +
    `imported all the same. Importing the same keys again changes nothing. ${onMachine}\n\n` +
    'Exit code 0 when all of them are there, 1 when some were refused.',
  options: {
    file: requiredText('The file to read, or - for standard input.', 'FILE'),
    organisation: optionalText('That they belong to; default, unless given.', 'ID'),
    'dry-run': flag('Say what would be done, and do nothing.'),
    log: usual.log,
    json: flag('A JSON object for each key, and one with the counts at the end.'),
  },
  examples: ['keys import --file keys.ndjson --dry-run'],
  run: async ({ file, log, json, organisation, 'dry-run': dryRun }, surroundings) => {
    const [{ withAccess }, { readEntries }, { importAll }, { importKeys }] = await load();
    const entries = await readEntries(file, surroundings.input);
    return withAccess({ log }, surroundings, async ({ authentication }) => {
      const importOne = importKeys(authentication, { dryRun, organisation });
      const what = { plural: 'keys', one: 'a key', field: 'key_id' };
      const counts = await importAll({ entries, what, importOne, dryRun, json, ...surroundings });
      return counts.refused === 0 ? 0 : 1;
    });
  },
});

/** Loaded when it is wanted: the list of commands is shown without all of this. */
const load = () =>
  Promise.all([
    import('./with-access.ts'),
    import('./read-entries.ts'),
    import('./import-all.ts'),
    import('./import-each.ts'),
  ]);
