import { projections } from '@plenum/catalogue';
import type { Difference, VerifyReport } from '@plenum/runtime';
import { defineCommand, UsageError } from '../command-line/command.ts';
import { flag, optionalText, whole } from '../command-line/options.ts';
import { logOption } from '../command-line/stack-options.ts';
import { withExisting } from '../stack/with-existing.ts';
import { verifyOne } from './verify-one.ts';

export const replayVerify = defineCommand({
  name: 'replay verify',
  summary: 'Fold the log again and compare the tables with it, row by row.',
  about:
    'Reads the log up to the checkpoints of one moment, folds it without the projector, and compares every row of ' +
    'every table, and the counters in the checkpoints. Each difference is named: projection, table, key, column, what was ' +
    'expected and what was found. Whatever runs may go on running.\n\n' +
    'Records that a projection has refused are parked and in no table: they are left out on both sides, and said.\n\n' +
    'Exit code 0 when everything is equal, 1 when something differs.',
  options: {
    projection: optionalText('Only this projection.', 'NAME'),
    show: whole({ about: 'How many differences to name, of each projection. All are counted.', fallback: 20 }),
    log: logOption,
    json: flag('One JSON object on standard output.'),
  },
  examples: ['replay verify', 'replay verify --log kafka', 'replay verify --projection readings --json'],
  run: async (values, surroundings) => {
    const { out, tell, stop } = surroundings;
    const chosen = projections.filter(({ name }) => values.projection === undefined || values.projection === name);
    if (chosen.length === 0) {
      throw new UsageError(
        `there is no projection "${values.projection}"; there are ${projections.map(({ name }) => name).join(', ')}`,
      );
    }
    return withExisting({ log: values.log, connectionsMax: 6 }, surroundings, async (foundation) => {
      const reports: VerifyReport[] = [];
      for (const projection of chosen) {
        const report = await verifyOne(foundation, projection, {
          shownMax: values.show,
          tell: (text) => tell(`${text}\n`),
          stop,
        });
        reports.push(report);
        if (!values.json) await out(textOf(report));
      }
      const equal = reports.every((report) => report.equal);
      if (values.json) await out(`${JSON.stringify({ equal, projections: reports })}\n`);
      return equal ? 0 : 1;
    });
  },
});

const textOf = (report: VerifyReport): string => {
  const { projection, equal, differences, shown } = report;
  const read = `${counted(report.records, 'record')} folded again${parkedIn(report)}`;
  if (equal) return `${projection}: equal; ${read}\n`;
  const lines = shown.map((difference) => `  ${sentenceOf(difference)}\n`).join('');
  const more = differences > shown.length ? `  and ${differences - shown.length} more\n` : '';
  return `${projection}: ${counted(differences, 'difference')}; ${read}\n${lines}${more}`;
};

const parkedIn = ({ parked: { keys, records } }: VerifyReport): string =>
  keys === 0 ? '' : `; ${counted(keys, 'key')} parked with ${counted(records, 'record')}, see /api/v1/parked`;

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

const sentenceOf = ({ table, key, kind, column, expected, found }: Difference): string => {
  const place = `${table} ${Object.entries(key)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ')}`;
  if (kind === 'changed') return `${place}: ${column} is ${found ?? 'NULL'}, expected ${expected ?? 'NULL'}`;
  return kind === 'missing' ? `${place}: is missing` : `${place}: ought not to be there`;
};
