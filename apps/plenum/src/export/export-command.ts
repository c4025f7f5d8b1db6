import { defineCommand } from '../command-line/command.ts';
import { flag, optionalText, requiredText } from '../command-line/options.ts';
import { logOption } from '../command-line/stack-options.ts';

export const exportCommand = defineCommand({
  name: 'export',
  summary: 'Write readings, nodes, commands, events or drawings to a file.',
  about:
    'Asks for an export as the API does, makes it (an exporter that runs may be faster), and writes its file. Rows of a ledger ' +
    'and events may be had as of any position of the log or any time; a drawing or a table of states is as of now. The same ' +
    'request at the same position gives the same bytes.\n\n' +
    'Kinds are readings, nodes, commands, events and ceiling; the formats of the first four are csv, ndjson and parquet, those ' +
    'of a ceiling dxf, svg, pdf, txt and json. What a kind can be narrowed by is said when it does not know a filter.\n\n' +
    'Exit code 0 when the file is written and its SHA-256 is the one that was decided on.',
  options: {
    kind: requiredText('What of.', 'KIND'),
    format: requiredText('What the file is to be.', 'FORMAT'),
    out: optionalText('The file to write; the name that the export gives it when left out.', 'FILE'),
    from: optionalText('Rows from this time on, inclusive; ISO 8601.', 'TIME'),
    to: optionalText('Rows up to this time, exclusive.', 'TIME'),
    'as-of': optionalText('A time, or the position of another export.', 'POSITION'),
    filters: optionalText('A JSON object: a value or a list of them by name.', 'JSON'),
    options: optionalText('Of a drawing, a JSON object: what it is about.', 'JSON'),
    log: logOption,
    json: flag('One JSON object on standard output: file, bytes, SHA-256, position.'),
  },
  operand: 'kind',
  examples: [
    'export readings --format parquet --from 2026-03-01T00:00:00Z --to 2026-04-01T00:00:00Z',
    `export readings --format csv --filters '{"sensor_type": "temperature"}' --out temperatures.csv`,
    `export ceiling --format dxf --options '{"project": "0193…"}'`,
  ],
  // Loaded when it is wanted: the list of commands is shown without all of this.
  run: async (values, surroundings) => (await import('./run-export.ts')).runExport(values, surroundings),
});
