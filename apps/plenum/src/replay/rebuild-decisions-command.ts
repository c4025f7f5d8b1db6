/** The store of decisions, and the tables of all inline projections, from the log alone. */
import type { RestoredAccess } from '@plenum/authentication';
import type { RebuiltInline } from '@plenum/read-model';
import type { Rebuilt } from '@plenum/runtime';
import { defineCommand } from '../command-line/command.ts';
import { flag } from '../command-line/options.ts';
import { logOption } from '../command-line/stack-options.ts';
import { withExisting } from '../stack/with-existing.ts';

export const replayRebuildDecisions = defineCommand({
  name: 'replay rebuild-decisions',
  summary: 'Make the store of decisions and the tables of its inline projections again from the log.',
  about:
    'For a database that was lost or emptied while the log was kept. Streams, versions and command ids come from the ' +
    'records; the names that are taken, and the tables that requests are checked against, from the streams. Stop the API first. What was decided and never came ' +
    'into the log is lost with the database that had it; what still waits in this one is sent first. Refused when the ' +
    'log has a hole and, without --replace, when the store is not empty.\n\n' +
    'Passwords and API keys are checked against what PLENUM_MASTER_KEY has encrypted, and logins are encrypted under ' +
    'keys of persons, which it wraps: restore plenum_person.person_key first. Without that key everything else comes ' +
    'back, nobody can log in, no login is taken, and no key opens anything. A user whose key in that table is lost ' +
    'has no login. The command says so.\n\n' +
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
      { restoredAccess },
      assembly,
      { reserving },
      { query },
      { rebuildStreams },
      { silent },
      { relayWaiting },
      { masterKeysIn },
    ] = await Promise.all([
      import('@plenum/authentication'),
      import('@plenum/assembly'),
      import('@plenum/catalogue'),
      import('@plenum/postgres'),
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
        const inline = await assembly.rebuildInlineProjections({ database, sources, codec, personal });
        const access = await restoredAccess((text, parameters) => query(database.pool, text, parameters), masterKeys);
        const text = json ? JSON.stringify({ ...restored, inline, access }) : textOf({ restored, inline, access });
        await surroundings.out(`${text}\n`);
        return 0;
      } finally {
        await decisions.close();
      }
    });
  },
});

type Report = {
  readonly restored: Rebuilt;
  readonly inline: readonly RebuiltInline[];
  readonly access: RestoredAccess;
};

const textOf = ({ restored, inline, access }: Report): string => {
  const { streams, events, commands, reservations, contested } = restored;
  const { users, keys, sessions, summary } = access;
  return [
    `${streams} streams of ${events} events with ${reservations} names, and what ${commands} commands led to`,
    ...inline.map(({ schema, events: changed }) => `tables of ${schema} from ${changed} events`),
    `authorization tables of ${users} users, ${keys} keys and ${sessions} sessions`,
    ...(contested.length === 0
      ? []
      : [`Of what was lost, a name is missing that others have now: ${contested.join(', ')}`]),
    summary,
  ].join('\n');
};
