/** `plenum nodes enrol`: one node by options, or many by a table. */
import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import type { LineResult, NodeLine } from '@plenum/device';
import { onMachine } from '../access/about.ts';
import { usual } from '../access/options.ts';
import { defineCommand, type Surroundings, UsageError } from '../command-line/command.ts';
import { flag, optionalText } from '../command-line/options.ts';

export const nodesEnrol = defineCommand({
  name: 'nodes enrol',
  summary: 'Enrol a node, or all nodes of a CSV file.',
  about:
    'The first line of a file names its columns: node_id, x, y, z and sensors (with semicolons between them), and where wanted zone, ' +
    'firmware_version and capabilities (a JSON object). Each line is reported on standard output; one that is refused stops no ' +
    'other, and enrolling the same again changes nothing. With --keys each node that is enrolled by this gets a key, which is ' +
    `shown this once. ${onMachine}\n\nExit code 0 when all of them are enrolled, 1 when some were refused.`,
  options: {
    csv: optionalText('The file to read, or - for standard input.', 'FILE'),
    node: optionalText('Of one node: its id.', 'ID'),
    at: optionalText("Of one node: where it hangs, in the site's own coordinates.", 'X,Y,Z'),
    zone: optionalText('Of one node: a named area.', 'ZONE'),
    sensors: optionalText('Of one node: sensor types or sensor ids with semicolons between them.', 'LIST'),
    firmware: optionalText('Of one node: that it is to run.', 'VERSION'),
    capabilities: optionalText('Of one node: what it can.', 'JSON'),
    keys: flag('Issue a key to each node that is enrolled by this.'),
    'command-id': optionalText('The same when the same is asked again: then it happens once.', 'ID'),
    log: usual.log,
    json: flag('A JSON object for each node, and one with the counts at the end.'),
  },
  examples: [
    "nodes enrol --node node_1 --at 1000,0,2000 --sensors 'temperature;humidity' --keys",
    'nodes enrol --csv nodes.csv --keys --json',
  ],
  run: async ({ keys, log, json, 'command-id': commandId, ...asked }, surroundings) => {
    const [{ newMetadata, withAccess }, { withProvisioning }, { enrolLines, nodeTable }] = await Promise.all([
      ...([import('../access/with-access.ts'), import('./with-provisioning.ts'), import('@plenum/device')] as const),
    ]);
    const [{ newNodeKey }, { readCsv }] = await Promise.all([import('@plenum/credentials'), import('@plenum/rows')]);
    const table = nodeTable(await textOf(asked, surroundings), readCsv);
    if (table.outcome === 'unreadable') throw new UsageError(table.reason);
    return withAccess({ log }, surroundings, async ({ authentication, sql }) => {
      const nodeKeys = keys ? { make: newNodeKey } : undefined;
      return withProvisioning(sql, surroundings, (provisioning) => {
        const metadata = newMetadata(commandId);
        const enrolling = { handle: authentication.handle, keys: nodeKeys, provisioning, metadata };
        return report(table.lines, enrolLines(table.lines, enrolling), {
          ...surroundings,
          json,
          table: asked.csv !== undefined,
        });
      });
    });
  },
});

type One = Readonly<
  Record<'csv' | 'node' | 'at' | 'zone' | 'sensors' | 'firmware' | 'capabilities', string | undefined>
>;

/** A table; of one node, it is made here. @throws UsageError; Error where the file cannot be read. */
const textOf = async ({ csv, ...one }: One, { input }: Pick<Surroundings, 'input'>): Promise<string> => {
  const given = Object.values(one).some((value) => value !== undefined);
  if ((csv === undefined) !== given) throw new UsageError('say either --csv, or --node and what it is');
  if (csv !== undefined) return decoded(csv === '-' ? await buffer(input()) : await readFile(csv));
  const { node, at, zone = '', sensors = '', firmware = '', capabilities = '' } = one;
  const place = at?.split(',') ?? [];
  if (node === undefined || place.length !== 3)
    throw new UsageError('a node takes --node and --at, such as --at 1,0,2.5');
  const values = [node, ...place, zone, sensors, firmware, capabilities];
  return `node_id,x,y,z,zone,sensors,firmware_version,capabilities\n${values.map(quoted).join(',')}\n`;
};

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;

const decoded = (bytes: Uint8Array): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new Error('it is not UTF-8', { cause: error });
  }
};

type Reporting = Pick<Surroundings, 'out' | 'stop'> & {
  readonly json: boolean;
  /** Whether they are from a file, and so have lines to be found by. */
  readonly table: boolean;
};

/** @returns the exit code. @throws a transient failure; the reason of `stop`. */
const report = async (
  lines: readonly NodeLine[],
  results: AsyncIterable<LineResult>,
  { out, stop, json, table }: Reporting,
): Promise<number> => {
  const counts = { enrolled: 0, unchanged: 0, refused: 0 };
  for await (const result of results) {
    counts[result.outcome] += 1;
    const shown = table ? `line ${result.line}: ${sentence(result)}` : sentence(result);
    await out(`${json ? JSON.stringify(result) : shown}\n`);
    stop.throwIfAborted();
  }
  const { enrolled, unchanged, refused } = counts;
  const counted = `${lines.length} nodes: ${enrolled} enrolled, ${unchanged} enrolled before, ${refused} refused`;
  if (json) await out(`${JSON.stringify({ outcome: 'done', nodes: lines.length, ...counts })}\n`);
  else if (table) await out(`${counted}\n`);
  return refused === 0 ? 0 : 1;
};

const sentence = ({ node_id, outcome, reason, user_name, key }: LineResult): string => {
  const begin = node_id === '' ? 'a node' : node_id;
  if (outcome === 'refused') return `${begin} is refused: ${reason}`;
  if (outcome === 'unchanged') return `${begin} was enrolled before`;
  const signingIn = key === null ? '' : `, user name ${user_name}. Key, which is shown this once: ${key}`;
  return `${begin} is enrolled${signingIn}${reason === null ? '' : `. It has no new key: ${reason}`}`;
};
