import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Command, defineCommand, UsageError } from './command.ts';
import { commandHelp, helpText } from './help.ts';
import { flag, optionalText, requiredText, share, shortFlag, whole } from './options.ts';
import { parseCommandLine } from './parse.ts';

const command = (name: string, options: Command['options'] = {}): Command =>
  defineCommand({ name, summary: 'S.', about: 'A.', options, examples: [], run: async () => 0 });

const commands = [
  command('demo', {
    fresh: flag('New.'),
    rate: whole({ about: 'How fast.', fallback: 360 }),
    late: share({ about: 'How many.', fallback: 0.01 }),
    out: optionalText('Where.', 'FILE'),
  }),
  command('replay verify'),
  command('version', { json: flag('As JSON.') }),
  command('replay export', { topic: requiredText('Which.', 'NAME') }),
  command('ceiling calculate', { length: optionalText('How long.', 'MM'), interactive: shortFlag('i', 'Ask.') }),
];

const valuesOf = (...words: string[]): unknown => {
  const asked = parseCommandLine(commands, words);
  return asked.what === 'run' ? asked.values : asked;
};
const complaint = (...words: string[]): string => {
  try {
    valuesOf(...words);
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  return assert.fail(`${words.join(' ')} was understood`);
};

describe('the command line', () => {
  it('gives every option its value or its fallback', () => {
    assert.deepEqual(valuesOf('demo'), { fresh: false, rate: 360, late: 0.01, out: undefined });
    assert.deepEqual(valuesOf('demo', '--fresh', '--rate=5', '--late', '.5', '--out', 'x'), {
      fresh: true,
      rate: 5,
      late: 0.5,
      out: 'x',
    });
    assert.deepEqual(valuesOf('replay', 'export', '--topic', 'a'), { topic: 'a' });
  });

  it('takes one letter for an option that has one, and no more than that', () => {
    const asked = { length: '4800.5', interactive: true };
    assert.deepEqual(valuesOf('ceiling', 'calculate', '-i', '--length', '4800.5'), asked);
    assert.deepEqual(valuesOf('ceiling', 'calculate', '--interactive', '--length=4800.5'), asked);
    assert.match(complaint('ceiling', 'calculate', '-interactive'), /no option -n/);
    assert.match(complaint('ceiling', 'calculate', '-l', '5'), /no option -l/);
    assert.match(commandHelp(commands.at(-1) ?? assert.fail()), /-i, --interactive/);
  });

  it('says what is wrong, and what was probably meant', () => {
    assert.match(complaint('dmeo'), /no command "dmeo"; did you mean demo\?/);
    assert.match(complaint('launch'), /there are demo, replay verify, version, replay export, ceiling calculate/);
    assert.match(complaint('replay'), /say which: replay verify, replay export/);
    assert.match(complaint('replay', 'verfy'), /did you mean replay verify\?/);
    assert.match(complaint('replay', 'create'), /"replay create"; there are replay verify, replay export$/);
    assert.match(complaint('repaly', 'verfy'), /did you mean replay verify\?/);
    assert.match(complaint('replya', 'create'), /"replya create"; there are replay verify, replay export$/);
    assert.match(complaint('demo', '--frsh'), /demo has no option --frsh; did you mean --fresh\?/);
    assert.match(complaint('demo', '-f'), /demo has no option -f/);
    assert.match(complaint('demo', 'now'), /takes options only, not "now"/);
    assert.match(complaint('demo', '--fresh', 'now'), /takes options only, not "now"/);
    assert.match(complaint('demo', '--rate', 'fast'), /--rate must be a whole number, 0 or more, and is "fast"/);
    assert.match(complaint('demo', '--late', '1.5'), /--late must be a share from 0 to 1/);
    assert.match(complaint('demo', '--rate'), /--rate needs a value/);
    assert.match(complaint('demo', '--fresh=yes'), /--fresh is given without a value/);
    assert.match(complaint('demo', '--rate', '1', '--rate', '2'), /--rate is given twice/);
    assert.match(complaint('replay', 'export'), /replay export needs --topic NAME/);
    assert.match(complaint('--fresh'), /no command before --fresh/);
    assert.match(complaint('--verson'), /no command before --verson; did you mean --version\?/);
    assert.match(complaint('-v'), /did you mean -V\?/);
    assert.match(complaint('demo', '--constructor'), /no option --constructor/);
  });

  it('takes --version for the command of that name', () => {
    for (const word of ['version', '--version', '-V']) {
      assert.deepEqual(valuesOf(word), { json: false });
      assert.deepEqual(valuesOf(word, '--json'), { json: true });
    }
    assert.match(complaint('demo', '--version'), /demo has no option --version/);
  });

  it('helps, with everything and with one command', () => {
    assert.deepEqual(valuesOf(), { what: 'help', command: undefined });
    assert.deepEqual(valuesOf('--help'), { what: 'help', command: undefined });
    assert.deepEqual(valuesOf('demo', '--rate', '1', '--help'), { what: 'help', command: commands[0] });
    for (const words of [
      ['help', 'replay'],
      ['replay', '--help'],
    ]) {
      assert.deepEqual(valuesOf(...words), { what: 'help', command: undefined, family: 'replay' });
    }
    assert.deepEqual(valuesOf('help', 'replay', 'verify'), { what: 'help', command: commands[1] });
    assert.match(helpText(commands), /replay verify +S\./);
    const lines = [helpText(commands, 60), commandHelp(commands[0] as Command, 60)].join('').split('\n');
    // Of the lines that have to stay whole none is an example.
    assert.ok(lines.every((line) => line.length <= 60 || /npm run plenum -- <command> --help/.test(line)));
    assert.match(commandHelp(commands[0] as Command), /--rate N {6}How fast\. \[360\]/);
  });
});
