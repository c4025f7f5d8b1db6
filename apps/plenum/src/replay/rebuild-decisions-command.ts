/** The store of decisions, and the authorization tables, from the log alone. */
import type { RebuiltAccess } from '@plenum/authentication';
import type { Rebuilt } from '@plenum/runtime';
import { defineCommand } from '../command-line/command.ts';
import { flag } from '../command-line/options.ts';
import { logOption } from '../command-line/stack-options.ts';
import { withExisting } from '../stack/with-existing.ts';

export const replayRebuildDecisions = defineCommand({
  name: 'replay rebuild-decisions',
  summary: 'Make the store of decisions and the authorization tables again from the log.',
  about:
    'For a database that was lost or emptied while the log was kept. Streams, versions and command ids come from the ' +
    'records; the names that are taken, and the tables that requests are checked against, from the streams. Stop the API first. What was decided and never came ' +
    'into the log is lost with the database that had it; what still waits in this one is sent first. Refused when the ' +
    'log has a hole and, without --replace, when the store is not empty.\n\n' +
    'Passwords and API keys are checked against what PLENUM_MASTER_KEY has encrypted, and logins are encrypted under ' +
    'keys of persons, which it wraps: restore plenum_person.person_key first. Without that key everything else comes ' +
    'back, nobody can log in, no login is taken, and no key opens anything. Whoever has lost the key of the person has ' +
    'no login. The command says so.\n\n' +
    'Exit code 0 when it is made, whether or not anybody can log in.',
  options: {
    replace: flag('Instead of what the store has. It is gone only when the new one is there.'),
    log: logOption,
    json: flag('One JSON object on standard output.'),
  },
  examples: ['replay rebuild-decisions', 'replay rebuild-decisions --replace --json'],
  run: async ({ replace, log: logName, json }, surroundings) => {
    // Loaded when it is wanted: the list of commands is shown without all of this.
    const [
      { rebuildAccess },
      assembly,
      { reserving },
      { rebuildStreams },
      { silent },
      { relayWaiting },
      { masterKeysIn },
    ] = await Promise.all([
      import('@plenum/authentication'),
      import('@plenum/assembly'),
      import('@plenum/catalogue'),
      import('@plenum/runtime'),
      import('../access/silent.ts'),
      import('../access/relay-waiting.ts'),
      import('../access/master-keys.ts'),
    ]);
    return withExisting({ log: logName, connectionsMax: 8 }, surroundings, async ({ database, log, codec }) => {
      const masterKeys = await masterKeysIn(surroundings.environment);
      const decisions = await assembly.openDecisions({ database, log, codec, masterKeys, logger: silent });
      try {
        const { store, personal } = decisions;
        // What the last process decided while it stopped is in the store alone.
        await relayWaiting(decisions, surroundings.stop);
        const restored = await rebuildStreams({
          log,
          topics: assembly.decisionTopics,
          store,
          reserving,
          ...{ codec, personal, replace },
        });
        const sources = [log, store.source];
        const access = await rebuildAccess({ databaseUrl: database.url, sources, codec, masterKeys, personal });
        const text = json ? JSON.stringify({ ...restored, access }) : textOf(restored, access);
        await surroundings.out(`${text}\n`);
        return 0;
      } finally {
        await decisions.close();
      }
    });
  },
});

const textOf = (rebuilt: Rebuilt, { users, keys, sessions, summary }: RebuiltAccess): string => {
  const { streams, events, commands, reservations, contested } = rebuilt;
  return [
    `${streams} streams of ${events} events with ${reservations} names, and what ${commands} commands led to`,
    `authorization tables of ${users} users, ${keys} keys and ${sessions} sessions`,
    ...(contested.length === 0
      ? []
      : [`Of what was lost, a name is missing that others have now: ${contested.join(', ')}`]),
    summary,
  ].join('\n');
};
