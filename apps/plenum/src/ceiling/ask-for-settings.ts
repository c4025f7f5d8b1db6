/** One question for each setting. A question whose answer is no value is asked again; an empty line keeps what holds. */
import {
  type Checked,
  type Configuration,
  type ConfigurationKey,
  type ConfigurationSources,
  configurationOf,
  materialKeys,
  strategies,
} from '@plenum/layout';
import type { Surroundings } from '../command-line/command.ts';
import { linesOf } from './lines-of.ts';

const questions: Readonly<Record<ConfigurationKey, string>> = {
  ceiling_length_mm: 'Ceiling length in mm',
  ceiling_width_mm: 'Ceiling width in mm',
  perimeter_gap_mm: 'Gap at the edges in mm',
  panel_gap_mm: 'Gap between panels in mm',
  material_name: `Material (${materialKeys.join(', ')})`,
  waste_factor: 'Waste, as a share such as 0.15',
  labor_multiplier: 'Labor, as a share such as 0.25, or none',
  optimization_strategy: `Strategy (${strategies.join(', ')})`,
  output_dir: 'Folder for the files',
  export_dxf: 'Write a DXF',
  export_svg: 'Write an SVG',
  export_json: 'Write the project document',
  export_report: 'Write a report',
};

/**
 * Asks on standard error and reads standard input; when that ends, what holds so far is kept. Problems that no answer of its own
 * cures, such as gaps that leave no space, are in what is answered.
 */
export const askForSettings = async (
  sources: ConfigurationSources,
  { input, tell, stop }: Pick<Surroundings, 'input' | 'tell' | 'stop'>,
): Promise<Checked<Configuration>> => {
  const lines = linesOf(input());
  const answers: Partial<Record<ConfigurationKey, string>> = {};
  // The questions have exactly the keys of a configuration: their type says so.
  for (const key of Object.keys(questions) as ConfigurationKey[]) {
    for (;;) {
      stop.throwIfAborted();
      tell(`${questions[key]}${heldText(configurationOf({ ...sources, answers }), key)}: `);
      const next = await lines.next();
      if (next.done === true) {
        tell('\n');
        return configurationOf({ ...sources, answers });
      }
      const fault = faultOf(configurationOf({ ...sources, answers: { ...answers, [key]: next.value.trim() } }), key);
      if (fault === undefined) {
        answers[key] = next.value.trim();
        break;
      }
      tell(`  ${fault}\n`);
    }
  }
  await lines.return(undefined);
  return configurationOf({ ...sources, answers });
};

const heldText = (held: Checked<Configuration>, key: ConfigurationKey): string =>
  'value' in held ? ` [${shown(held.value[key])}]` : '';

const shown = (value: Configuration[ConfigurationKey]): string => {
  if (value === null) return 'none';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return String(value);
};

/** What is wrong with this answer; what is wrong with others comes to light by their own questions, or at the end. */
const faultOf = (checked: Checked<Configuration>, key: ConfigurationKey): string | undefined =>
  'value' in checked ? undefined : checked.problems.find(({ field }) => field === key)?.message;
