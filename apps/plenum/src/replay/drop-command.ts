/** Gives up what is being built of a projection, and drops what nobody reads any more. */
import { nameOfBuild } from '@plenum/read-model';
import { defineCommand } from '../command-line/command.ts';
import { flag, requiredText } from '../command-line/options.ts';
import { logOption } from '../command-line/stack-options.ts';
import { withExisting } from '../stack/with-existing.ts';
import { projectionCalled } from './one-projection.ts';

export const replayDrop = defineCommand({
  name: 'replay drop',
  summary: 'Give up the tables of a projection that are being built.',
  about:
    'What is under way is given up and dropped, with what is left of tables that queries saw before. Projectors that run ' +
    'notice within a second, and go on with the live tables, which this never touches. A raised version is begun again ' +
    'when a program that has it starts.\n\n' +
    'Exit code 0 when nothing but the live tables is left, 1 when queries still read some of it: projectors that run drop ' +
    'it later, and so does this command when it is run again.',
  options: {
    projection: requiredText('Which projection.', 'PROJECTION'),
    log: logOption,
    json: flag('One JSON object on standard output.'),
  },
  operand: 'projection',
  examples: ['replay drop readings'],
  run: async ({ projection: name, log: logName, json }, surroundings) => {
    projectionCalled(name);
    const { postgresReadModelStore } = await import('@plenum/postgres');
    const { silent } = await import('../access/silent.ts');
    return withExisting({ log: logName, connectionsMax: 2 }, surroundings, async ({ database }) => {
      const store = postgresReadModelStore({ pool: database.pool, logger: silent });
      const isOwn = (one: { readonly name: string }): boolean => one.name === name;
      const before = (await store.builds()).filter(isOwn);
      for (const build of before) if (build.state === 'building') await store.retire(build);
      await store.dropRetired();
      const after = (await store.builds()).filter(isOwn);
      const wasThere = new Set(before.filter(({ state }) => state !== 'dropped').map(nameOfBuild));
      const dropped = after.filter((one) => one.state === 'dropped' && wasThere.has(nameOfBuild(one))).map(nameOfBuild);
      const left = after.filter(({ state }) => state === 'retired').map(nameOfBuild);
      await surroundings.out(json ? `${JSON.stringify({ projection: name, dropped, left })}\n` : textOf(dropped, left));
      return left.length === 0 ? 0 : 1;
    });
  },
});

const textOf = (dropped: readonly string[], left: readonly string[]): string =>
  [
    dropped.length === 0 ? 'nothing was dropped' : `dropped: ${dropped.join(', ')}`,
    ...(left.length === 0 ? [] : [`still read by queries, and dropped later: ${left.join(', ')}`]),
    '',
  ].join('\n');
