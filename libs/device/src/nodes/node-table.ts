/** Nodes as the lines of a table, such as a spreadsheet makes: what each line says, or why it says nothing. */
import type { NodeDescription } from './node-events.ts';
import { nodeIdProblem } from './node-id.ts';

/** A record with the line of the file at which it ends, the first being 1. */
export type TableRecord = { readonly line: number; readonly fields: readonly string[] };

/** CSV (RFC 4180) as records, without those that are empty. What cannot be taken apart is a sentence that says where. */
export type ReadCsv = (
  text: string,
) =>
  | { readonly outcome: 'read'; readonly records: readonly TableRecord[] }
  | { readonly outcome: 'unreadable'; readonly reason: string };

export const nodeTableMax = 1_000;

export const nodeColumns = [
  ...(['node_id', 'x', 'y', 'z', 'zone'] as const),
  ...(['sensors', 'firmware_version', 'capabilities'] as const),
] as const;

type Column = (typeof nodeColumns)[number];

const needed: readonly Column[] = ['node_id', 'x', 'y', 'z', 'sensors'];

export type NodeLine = { readonly line: number; readonly nodeId: string } & (
  | { readonly outcome: 'understood'; readonly description: NodeDescription }
  | { readonly outcome: 'refused'; readonly reason: string }
);

/** The table as a whole is taken, or it is refused with a sentence. */
export type NodeTable =
  | { readonly outcome: 'read'; readonly lines: readonly NodeLine[] }
  | { readonly outcome: 'unreadable'; readonly reason: string };

/** Which firmware it is to run where nobody says, and so does the replaced system. */
export const firmwareUnsaid = '1.0.0';

export const nodeTable = (text: string, readCsv: ReadCsv): NodeTable => {
  const read = readCsv(text);
  if (read.outcome === 'unreadable') return read;
  const [head, ...records] = read.records;
  const names = head?.fields ?? [];
  const problem = headProblem(names);
  if (problem !== undefined) return { outcome: 'unreadable', reason: problem };
  if (records.length > nodeTableMax) {
    return { outcome: 'unreadable', reason: `there are more than ${nodeTableMax} nodes: cut it into several` };
  }
  return { outcome: 'read', lines: onceEach(records.map((record) => lineOf(names, record))) };
};

/** A node is enrolled as one line says, the first that can be understood. */
const onceEach = (lines: readonly NodeLine[]): readonly NodeLine[] => {
  const seen = new Map<string, number>();
  return lines.map((said) => {
    const { line, nodeId, outcome } = said;
    if (outcome === 'refused') return said;
    const before = seen.get(nodeId);
    if (before !== undefined) return { line, nodeId, outcome: 'refused', reason: `Line ${before} is of this node.` };
    seen.set(nodeId, line);
    return said;
  });
};

const known: ReadonlySet<string> = new Set(nodeColumns);

const headProblem = (names: readonly string[]): string | undefined => {
  const missing = needed.filter((name) => !names.includes(name));
  if (missing.length > 0) return `its first line names no column ${missing.join(', ')}`;
  const unknown = names.filter((name) => !known.has(name));
  if (unknown.length > 0)
    return `its first line names ${unknown.join(', ')}, and columns are ${nodeColumns.join(', ')}`;
  return new Set(names).size < names.length ? 'its first line names a column twice' : undefined;
};

const lineOf = (names: readonly string[], { line, fields }: TableRecord): NodeLine => {
  const value = (name: Column): string => fields[names.indexOf(name)] ?? '';
  const at = { line, nodeId: value('node_id') };
  const refused = (reason: string): NodeLine => ({ ...at, outcome: 'refused', reason });
  if (fields.length !== names.length) return refused(`There are ${fields.length} values in ${names.length} columns.`);
  const problem = nodeIdProblem(at.nodeId);
  if (problem !== undefined) return refused(`node_id ${problem}.`);
  const place = { x: numberOf(value('x')), y: numberOf(value('y')), z: numberOf(value('z')) };
  const { x, y, z } = place;
  if (x === undefined || y === undefined || z === undefined) return refused('x, y and z take a number each.');
  const [zone, firmware] = [value('zone'), value('firmware_version')];
  if (zone.length > textMax || firmware.length > textMax) {
    return refused(`zone and firmware_version take ${textMax} characters at most.`);
  }
  const capabilities = value('capabilities') === '' ? '{}' : objectText(value('capabilities'));
  if (capabilities === undefined) return refused('capabilities takes a JSON object.');
  const sensors = value('sensors')
    .split(';')
    .map((one) => one.trim());
  const description = {
    location: { x, y, z, zone: zone === '' ? undefined : zone },
    sensors: sensors.filter((one) => one !== ''),
    firmware_version: firmware === '' ? firmwareUnsaid : firmware,
    capabilities,
  };
  return { ...at, outcome: 'understood', description };
};

const textMax = 200;

const numberOf = (text: string): number | undefined =>
  /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d{1,3})?$/i.test(text) && Number.isFinite(Number(text)) ? Number(text) : undefined;

/** Written as we write it, so that the same is the same. */
const objectText = (text: string): string | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? JSON.stringify(value) : undefined;
  } catch {
    return undefined; // No JSON, which is what the caller says.
  }
};
