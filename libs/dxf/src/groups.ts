/**
 * DXF as what it is made of: groups of a code and a value, a line each. Strict where `dxf` is lenient, for it takes what it
 * does not know for nothing: every line must be accounted for, in the sections that there are, up to the end.
 */
import { Unreadable } from '@plenum/drawing';

export type Group = readonly [code: number, value: string];

export type Outline = {
  /** Header variables by name, without their `$`. */
  readonly header: ReadonlyMap<string, readonly Group[]>;
  /** Records of each section in their order, each beginning with its type (code 0). */
  readonly sections: ReadonlyMap<string, readonly (readonly Group[])[]>;
};

const sectionNames = ['HEADER', 'CLASSES', 'TABLES', 'BLOCKS', 'ENTITIES', 'OBJECTS'];

/** @throws Unreadable */
export const outlineOf = (text: string): Outline => {
  const records = recordsOf(groupsOf(text));
  const sections = new Map<string, readonly (readonly Group[])[]>();
  let at = 0;
  for (const name of sectionNames) {
    const [start, ...rest] = records[at] ?? [];
    if (start?.[1] !== 'SECTION' || rest[0]?.[0] !== 2 || rest[0][1] !== name)
      throw new Unreadable(`no section ${name}`);
    const end = records.findIndex(([type], index) => index > at && type?.[1] === 'ENDSEC');
    if (end === -1) throw new Unreadable(`section ${name} does not end`);
    // Header variables follow their section's name at once; all else comes in records.
    sections.set(name, [rest.slice(1), ...records.slice(at + 1, end)]);
    at = end + 1;
  }
  if (records[at]?.[0]?.[1] !== 'EOF' || records.length !== at + 1) throw new Unreadable('does not end with EOF');
  checkHandles(records);
  return { header: headerOf(sections.get('HEADER')?.[0] ?? []), sections };
};

export const decode = (bytes: Uint8Array): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Unreadable('not UTF-8');
  }
};

const groupsOf = (text: string): readonly Group[] => {
  const lines = text.split('\n');
  if (lines.pop() !== '' || lines.length % 2 !== 0) throw new Unreadable('ends within a group');
  return Array.from({ length: lines.length / 2 }, (_, index): Group => {
    const [code, value] = [lines[2 * index] ?? '', lines[2 * index + 1] ?? ''];
    if (!/^\d{1,3}$/.test(code)) throw new Unreadable(`line ${2 * index + 1} is no group code: ${shown(code)}`);
    if (isNumber(Number(code)) && !/^-?\d+(\.\d+)?(e-?\d+)?$/.test(value)) {
      throw new Unreadable(`line ${2 * index + 2} is no number: ${shown(value)}`);
    }
    return [Number(code), value];
  });
};

/** DXF reference, "Group code value types", of the codes that are written. */
const isNumber = (code: number): boolean => (code >= 10 && code < 100) || (code >= 270 && code < 290) || code === 370;

const recordsOf = (groups: readonly Group[]): readonly (readonly Group[])[] => {
  const records: Group[][] = [];
  for (const group of groups) {
    if (group[0] === 0) records.push([group]);
    else if (records.length === 0) throw new Unreadable('does not begin with a section');
    else records.at(-1)?.push(group);
  }
  return records;
};

const headerOf = (groups: readonly Group[]): ReadonlyMap<string, readonly Group[]> => {
  const header = new Map<string, Group[]>();
  let values: Group[] = [];
  for (const group of groups) {
    if (group[0] !== 9) values.push(group);
    else header.set(group[1].replace('$', ''), (values = []));
  }
  return header;
};

/** Whatever has one has its own: what refers to another thing names it by its handle. */
const checkHandles = (records: readonly (readonly Group[])[]): void => {
  const seen = new Set<string>();
  for (const record of records) {
    const own = record[0]?.[1] === 'DIMSTYLE' ? 105 : 5;
    const handle = record.find(([code]) => code === own)?.[1];
    if (handle === undefined || record[0]?.[1] === 'SECTION') continue;
    if (!/^[0-9A-F]{1,16}$/.test(handle)) throw new Unreadable(`a handle ${shown(handle)}`);
    if (seen.has(handle)) throw new Unreadable(`handle ${handle} is there twice`);
    seen.add(handle);
  }
};

const shown = (value: string): string => JSON.stringify(value.slice(0, 40));
