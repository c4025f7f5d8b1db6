/** `plenum persons …`: the keys that what names a person is encrypted under. */
import { defineCommand } from '../command-line/command.ts';
import { flag } from '../command-line/options.ts';
import { logOption } from '../command-line/stack-options.ts';
import { onMachine } from './about.ts';

export const personsRewrap = defineCommand({
  name: 'persons rewrap',
  summary: 'Wrap the keys of persons with the master key of today.',
  about:
    'After PLENUM_MASTER_KEY was changed, with the former one as PLENUM_MASTER_KEY_PREVIOUS. Nothing that was encrypted ' +
    `changes, and it may be run as often as one likes. ${onMachine}\n\n` +
    'Exit code 0 when all keys are wrapped with the master key of today; 1 when some are wrapped with one that is not set.',
  options: { log: logOption, json: flag('One JSON object on standard output.') },
  examples: ['persons rewrap', 'persons rewrap --json'],
  run: async ({ log, json }, surroundings) => {
    const { withAccess } = await import('./with-access.ts');
    return withAccess({ log }, surroundings, async ({ decisions }) => {
      const { personal } = decisions;
      if (personal === undefined) throw new Error('there is no master key');
      const { rewrapped, locked } = await personal.keys.rewrapAll();
      const text = json ? JSON.stringify({ rewrapped, locked }) : sentence(rewrapped, locked);
      await surroundings.out(`${text}\n`);
      return locked === 0 ? 0 : 1;
    });
  },
});

const sentence = (rewrapped: number, locked: number): string =>
  [
    `${rewrapped} keys of persons are wrapped with the master key of today`,
    ...(locked === 0
      ? []
      : [`${locked} are wrapped with a master key that is not set, and nobody can read these persons`]),
  ].join('\n');
