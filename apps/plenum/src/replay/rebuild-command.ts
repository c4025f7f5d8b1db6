/** The tables of one projection again from the log, beside those that queries see. */
import { topics } from '@plenum/catalogue';
import { readConfig } from '@plenum/config';
import { type Build, nameOfBuild } from '@plenum/read-model';
import { defineCommand } from '../command-line/command.ts';
import { flag, requiredText } from '../command-line/options.ts';
import { logOption } from '../command-line/stack-options.ts';
import { withExisting } from '../stack/with-existing.ts';
import { projectionCalled } from './one-projection.ts';

export const replayRebuild = defineCommand({
  name: 'replay rebuild',
  summary: 'Build the tables of a projection again from the log, while the live ones go on.',
  about:
    'Makes the next generation of the version that queries see, from the start of the log, in tables of its own. Projectors ' +
    'that run take part within a second, and go on with the live tables; without one the command does it alone. When the ' +
    'new tables have everything that queries have seen, queries see them, and the old ones are dropped.\n\n' +
    'A build that is under way already is joined. Stopping this command stops no projector: the build goes on where one ' +
    'runs, and else when this is run again; `replay drop` gives it up.\n\n' +
    'A build that has parked more records than the live tables is not shown: the command ends with an error that says how ' +
    'many, and the build stays as it is. Each start tries again what is parked; `--accept-parked` shows it all the same.\n\n' +
    'Exit code 0 when queries see the new tables.',
  options: {
    projection: requiredText('Which projection.', 'PROJECTION'),
    'accept-parked': flag('Show the new tables though more records are parked in them than in the live ones.'),
    log: logOption,
    json: flag('One JSON object on standard output.'),
  },
  operand: 'projection',
  examples: ['replay rebuild readings', 'replay rebuild readings --log kafka --json'],
  run: async ({ projection: name, 'accept-parked': acceptParked, log: logName, json }, surroundings) => {
    const declared = projectionCalled(name);
    const { out, tell, stop } = surroundings;
    const [{ postgresReadModelStore }, { ParksMore, rebuildProjection }, { projectorSettings }, { silent }] =
      await Promise.all([
        import('@plenum/postgres'),
        import('@plenum/runtime'),
        import('@plenum/projector'),
        import('../access/silent.ts'),
      ]);
    // As the projectors keep it: whichever of them comes first makes the tables.
    const { POSTGIS: postgis } = readConfig({ POSTGIS: projectorSettings.POSTGIS }, surroundings.environment);
    return withExisting({ log: logName, connectionsMax: 8 }, surroundings, async ({ database, log, codec }) => {
      const warn = (fields: { readonly detail?: string }, message: string): void =>
        tell(`${message}${fields.detail === undefined ? '' : `: ${fields.detail}`}\n`);
      const store = postgresReadModelStore({ pool: database.pool, logger: { ...silent, warn }, postgis });
      const startMs = performance.now();
      let [records, saidMs] = [0, startMs];
      const onProgress = (seen: { readonly build: Build; readonly records: number; readonly of: number }): void => {
        records = seen.records;
        if (performance.now() - saidMs < sayEveryMs) return;
        saidMs = performance.now();
        tell(`${nameOfBuild(seen.build)}: ${seen.records} of ${seen.of} records\n`);
      };
      const parts = { store, log, codec, declared, acceptParked, topics, logger: silent, onProgress };
      const { version, generation } = await rebuildProjection(parts, stop).catch((error: unknown) => {
        throw error instanceof ParksMore ? new Error(`${error.message}. ${adviceOn(name)}`, { cause: error }) : error;
      });
      const seconds = Math.round(performance.now() - startMs) / 1_000;
      await out(
        json
          ? `${JSON.stringify({ projection: name, version, generation, records, seconds })}\n`
          : `${name}: version ${version}, generation ${generation} is active; ${records} records in ${seconds} s\n`,
      );
      return 0;
    });
  },
});

const sayEveryMs = 2_000;

const adviceOn = (name: string): string =>
  `Start a program that takes them and run this again, or with --accept-parked to show the build as it is, or give it up ` +
  `with \`replay drop ${name}\`; why they are parked, \`plenum.parked\` says`;
