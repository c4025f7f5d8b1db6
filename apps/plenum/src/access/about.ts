/** Sentences that the help of several commands has in common. */

export const onMachine =
  'Works beside a running Plenum or alone, with the settings of the API: DATABASE_URL or the data directory, JWT_SECRET ' +
  'and PLENUM_MASTER_KEY. Anyone who may run it may do everything.';

export const exits = 'Exit code 0 when it is done, or was so already; 1 when it was refused, with the reason.';

export const late =
  'Alone, it first brings the tables up to date; beside a running Plenum it waits up to three seconds for that, and says ' +
  'how much is missing.';
