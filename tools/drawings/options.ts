/** What `npm run drawings` is asked for. */
import path from 'node:path';
import { parseArgs } from 'node:util';

export type DrawingsOptions = {
  readonly ceilings: number;
  readonly seed: number;
  /** Of the files, which stay there. */
  readonly out: string;
  readonly pictures: boolean;
  /** What cannot be judged for want of a program is no failure. */
  readonly allowMissing: boolean;
  readonly json: boolean;
};

/** The question cannot be understood; the message says why. */
export class UsageError extends Error {}

const root = path.resolve(import.meta.dirname, '../..');

export const usage = `
npm run drawings -- [--ceilings 200] [--seed 1] [--out .cache/drawings] [--no-pictures] [--allow-missing] [--json]

Draws ceilings of all sizes as DXF, SVG and PDF, many of them with words that formats take for something else, and has them
judged by programs that share nothing with ours: ezdxf, GDAL, expat and PDFium, each against the numbers of the layout. Twelve
are rendered too, the DXF by ezdxf, the SVG by Chromium and the PDF by Poppler, and compared by pixels with the layout and with
each other; two that are wrong on purpose have to be refused. All three renderings of the twelve are in contact-sheet.png.

Exit code 1 when a drawing is refused, a wrong one is not, or a program is missing, unless --allow-missing.
`;

/** @throws {UsageError} */
export const readOptions = (given: readonly string[]): DrawingsOptions | 'help' => {
  const values = parse(given);
  if (values.help) return 'help';
  return {
    ceilings: whole('ceilings', values.ceilings),
    seed: whole('seed', values.seed),
    out: path.resolve(root, values.out),
    pictures: !values['no-pictures'],
    allowMissing: values['allow-missing'],
    json: values.json,
  };
};

const parse = (given: readonly string[]) => {
  try {
    return parseArgs({
      args: [...given],
      options: {
        ceilings: { type: 'string', default: '200' },
        seed: { type: 'string', default: '1' },
        out: { type: 'string', default: '.cache/drawings' },
        'no-pictures': { type: 'boolean', default: false },
        'allow-missing': { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
};

const whole = (name: string, written: string): number => {
  const value = Number(written);
  if (Number.isInteger(value) && value >= 1) return value;
  throw new UsageError(`--${name} is "${written}", and has to be a whole number from 1`);
};
