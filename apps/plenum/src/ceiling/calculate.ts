/** From the words of a command line to a ceiling's layout, its price, and its files. */
import { mkdir, readFile, stat } from 'node:fs/promises';
import {
  type Checked,
  type Configuration,
  type ConfigurationFlags,
  type ConfigurationSources,
  ceilingOfConfiguration,
  configurationFlags,
  configurationOf,
  type DocumentFormat,
  documentOf,
  findMaterial,
  type InputProblem,
  layOut,
  type Project,
} from '@plenum/layout';
import { type Surroundings, UsageError } from '../command-line/command.ts';
import { askForSettings } from './ask-for-settings.ts';
import { summaryOf } from './summary.ts';
import { type WrittenFile, writeFiles } from './write-files.ts';

type Asked = ConfigurationFlags & {
  readonly config: string | undefined;
  readonly name: string;
  readonly paper: 'a4' | 'a3' | undefined;
  readonly 'no-pdf': boolean;
  readonly interactive: boolean;
  readonly json: boolean;
};

/** @returns the exit code. @throws UsageError that names every fault of what was asked for. */
export const calculate = async (asked: Asked, surroundings: Surroundings): Promise<number> => {
  const file = asked.config === undefined ? undefined : await settingsIn(asked.config);
  const sources: ConfigurationSources = { flags: flagsOf(asked), ...(file !== undefined && { file }) };
  const configuration = orUsage(
    asked.interactive ? await askForSettings(sources, surroundings) : configurationOf(sources),
  );
  const project = projectOf(configuration, surroundings.environment.SOURCE_DATE_EPOCH);
  await mkdir(configuration.output_dir, { recursive: true });
  const wanted = formatsOf(configuration, asked).map(([format, name]) => ({
    ...{ format, name },
    content: documentOf(format, { name: asked.name, project, paper: asked.paper ?? 'a4' }),
  }));
  const files = await writeFiles(configuration.output_dir, wanted, surroundings.stop);
  await tellResult({ configuration, project, files }, asked, surroundings);
  return 0;
};

/** A configuration has thirteen keys; what is larger is something else. */
const configurationBytesMax = 1024 * 1024;

const settingsIn = async (file: string): Promise<unknown> => {
  const { size } = await stat(file);
  if (size > configurationBytesMax) throw new UsageError(`${file} is larger than any file of settings`);
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new UsageError(`${file} is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
};

const flagsOf = (asked: Asked): ConfigurationFlags =>
  Object.fromEntries(Object.keys(configurationFlags).map((flag) => [flag, asked[flag as keyof ConfigurationFlags]]));

const orUsage = <T>(checked: Checked<T>): T => {
  if ('value' in checked) return checked.value;
  throw new UsageError(faultsText(checked.problems));
};

const faultsText = (problems: readonly InputProblem[]): string =>
  problems.length === 1 ? (problems[0]?.message ?? '') : ['these are wrong:', ...problems.map(line)].join('\n');

const line = ({ message }: InputProblem): string => `  ${message}`;

const projectOf = (configuration: Configuration, epoch: string | undefined): Project => {
  const ceiling = ceilingOfConfiguration(configuration);
  const laidOut = layOut(ceiling);
  if ('refusal' in laidOut) throw new Error(laidOut.refusal.message);
  const { waste_factor, labor_multiplier } = configuration;
  const material = orUsage(findMaterial(configuration.material_name));
  return { generated: timeOf(epoch), ceiling, layout: laidOut.layout, material, waste_factor, labor_multiplier };
};

/** To the second: nothing that is printed shows more. */
const timeOf = (epoch: string | undefined): string => {
  const seconds = epoch === undefined || epoch === '' ? Math.floor(Date.now() / 1000) : Number(epoch);
  const time = new Date(seconds * 1000);
  if (Number.isNaN(time.getTime())) throw new UsageError(`SOURCE_DATE_EPOCH is "${epoch}", and no number of seconds`);
  return `${time.toISOString().slice(0, 19)}Z`;
};

/** The names that files always had. */
const formatsOf = (configuration: Configuration, asked: Asked): readonly (readonly [DocumentFormat, string])[] => [
  ...(configuration.export_dxf ? [['dxf', 'ceiling_layout.dxf'] as const] : []),
  ...(configuration.export_svg ? [['svg', 'ceiling_layout.svg'] as const] : []),
  ...(asked['no-pdf'] ? [] : [['pdf', 'ceiling_layout.pdf'] as const]),
  ...(configuration.export_report ? [['txt', 'ceiling_report.txt'] as const] : []),
  ...(configuration.export_json ? [['json', 'ceiling_project.json'] as const] : []),
];

type Result = {
  readonly configuration: Configuration;
  readonly project: Project;
  readonly files: readonly WrittenFile[];
};

const tellResult = async (
  { configuration, project, files }: Result,
  { json }: Pick<Asked, 'json'>,
  { out }: Surroundings,
): Promise<void> => {
  if (!json) return out(summaryOf(project, files));
  const { layout, material, costs } = JSON.parse(textOf(project)) as Readonly<Record<string, unknown>>; // As it writes them.
  return out(`${JSON.stringify({ configuration, layout, material, costs, files })}\n`);
};

const textOf = (project: Project): string => {
  const content = documentOf('json', { name: '', project });
  return content.kind === 'text' ? content.text : '';
};
