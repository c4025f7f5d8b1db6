/** What somebody asks for, held against what is declared: either something that can be made, or everything that is wrong with it. */
import { type ExportFormat, type ExportKind, formatsOf } from '@plenum/domain';
import { parseTimeUs } from '@plenum/event';
import { storableText } from '@plenum/read-model';
import { Value } from 'typebox/value';
import { asOfGiven } from './position.ts';

/** As clients write it. */
export type NewExport = {
  readonly kind: string;
  readonly format: string;
  readonly filters?: Readonly<Record<string, unknown>> | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly as_of?: string | undefined;
  readonly options?: Readonly<Record<string, unknown>> | undefined;
};

/** What is recorded of it, as JSON, besides kind and format. Times are UTC with six digits. */
export type ExportAsked = {
  readonly filters?: Readonly<Record<string, readonly (string | number | boolean)[]>>;
  readonly from?: string;
  readonly to?: string;
  readonly as_of?: string;
  readonly options?: Readonly<Record<string, unknown>>;
};

export type FaultOfExport = { readonly field: string; readonly detail: string };

export type Judged =
  | { readonly outcome: 'fits'; readonly kind: ExportKind; readonly format: ExportFormat; readonly asked: ExportAsked }
  | { readonly outcome: 'faulty'; readonly faults: readonly FaultOfExport[] };

/** What an events export can be narrowed by, beside its time. */
export const eventFilters = ['topic', 'partition', 'from_offset', 'to_offset'] as const;

const valuesMax = 100;

/** `nowUs` bounds `as_of`: nothing is known of what is to come. */
export const judgeExport = (kinds: readonly ExportKind[], given: NewExport, nowUs: number): Judged => {
  const kind = kinds.find((one) => one.kind === given.kind);
  if (kind === undefined) {
    const known = kinds.map((one) => one.kind).sort();
    const faults = [{ field: 'kind', detail: `is none that there is: ${known.join(', ')}` }];
    return { outcome: 'faulty', faults };
  }
  const formats = formatsOf(kind);
  const format = formats.find((one) => one === given.format);
  const faults: FaultOfExport[] = [
    ...(format === undefined
      ? [fault('format', `is none that ${kind.kind} can be had in: ${formats.join(', ')}`)]
      : []),
    ...rangeFaults(kind, given),
    ...asOfFaults(kind, given, nowUs),
    ...filterFaults(kind, given.filters ?? {}),
    ...optionFaults(kind, given.options),
  ];
  if (format === undefined || faults.length > 0) return { outcome: 'faulty', faults };
  return { outcome: 'fits', kind, format, asked: askedOf(given) };
};

const fault = (field: string, detail: string): FaultOfExport => ({ field, detail });

const rangeFaults = (kind: ExportKind, { from, to }: NewExport): readonly FaultOfExport[] => {
  const given = Object.entries({ from, to }).filter(([, time]) => time !== undefined);
  const hasTime = kind.content === 'events' || (kind.content === 'rows' && kind.time !== undefined);
  if (!hasTime) return given.map(([field]) => fault(field, `has no meaning for ${kind.kind}`));
  const unread = given.filter(([, time]) => parseTimeUs(time ?? '') === undefined);
  if (unread.length > 0) return unread.map(([field]) => fault(field, 'is not a time; write ISO 8601'));
  const [fromUs, toUs] = [from, to].map((time) => (time === undefined ? undefined : parseTimeUs(time)));
  return fromUs !== undefined && toUs !== undefined && fromUs > toUs ? [fault('from', 'is after to')] : [];
};

const asOfFaults = (kind: ExportKind, { as_of }: NewExport, nowUs: number): readonly FaultOfExport[] => {
  if (as_of === undefined) return [];
  if (kind.content === 'document' || (kind.content === 'rows' && kind.rowsAre === 'state')) {
    return [fault('as_of', `has no meaning for ${kind.kind}, which is as of when it is made; the file is kept`)];
  }
  const given = asOfGiven(as_of);
  if (given === undefined) return [fault('as_of', 'is neither a time nor a position that we gave')];
  return 'timeUs' in given && given.timeUs > nowUs ? [fault('as_of', 'is still to come')] : [];
};

const filterFaults = (kind: ExportKind, filters: Readonly<Record<string, unknown>>): readonly FaultOfExport[] => {
  if (kind.content === 'events') return eventFilterFaults(kind, filters);
  const known = kind.content === 'rows' ? kind.filters : {};
  return Object.entries(filters).flatMap(([name, given]) => {
    const filter = Object.hasOwn(known, name) ? known[name] : undefined;
    const names = Object.keys(known);
    if (filter === undefined) return [fault(`filters/${name}`, unknownFilter(kind.kind, names))];
    const values = listOf(given);
    if (values.length === 0 || values.length > valuesMax)
      return [fault(`filters/${name}`, `takes 1 to ${valuesMax} values`)];
    const isWrong = values.some((value) => !Value.Check(filter.schema, value) || !isStorable(value));
    return isWrong
      ? [fault(`filters/${name}`, `does not take such a value: ${JSON.stringify(filter.schema).slice(0, 500)}`)]
      : [];
  });
};

const unknownFilter = (kind: string, names: readonly string[]): string =>
  names.length === 0 ? `is not known: ${kind} has no filters` : `is not known; there are ${names.join(', ')}`;

const eventFilterFaults = (
  kind: Extract<ExportKind, { readonly content: 'events' }>,
  filters: Readonly<Record<string, unknown>>,
): readonly FaultOfExport[] => {
  const topics = kind.topics === 'any' ? undefined : kind.topics.map(({ name }) => name);
  const faults = Object.entries(filters).flatMap(([name, given]) => {
    const values = listOf(given);
    const one = values.length === 1 ? values[0] : undefined;
    switch (name) {
      case 'topic':
        if (typeof one !== 'string' || !isStorable(one)) return [fault('filters/topic', 'is the name of one topic')];
        return topics === undefined || topics.includes(one)
          ? []
          : [fault('filters/topic', `is one of ${topics.join(', ')}`)];
      case 'partition':
        return isCount(one) ? [] : [fault('filters/partition', 'is a whole number from 0 on')];
      case 'from_offset':
      case 'to_offset':
        return isCount(one) ? [] : [fault(`filters/${name}`, 'is a whole number from 0 on')];
      default:
        return [fault(`filters/${name}`, unknownFilter(kind.kind, eventFilters))];
    }
  });
  const needsTopic = topics === undefined && filters.topic === undefined;
  const needsPartition =
    (filters.from_offset !== undefined || filters.to_offset !== undefined) && filters.partition === undefined;
  return [
    ...faults,
    ...(needsTopic ? [fault('filters/topic', 'is missing: which topic')] : []),
    ...(needsPartition ? [fault('filters/partition', 'is missing: offsets are of one partition')] : []),
  ];
};

const isCount = (value: unknown): boolean => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

const optionFaults = (kind: ExportKind, options: NewExport['options']): readonly FaultOfExport[] => {
  if (kind.content !== 'document')
    return options === undefined ? [] : [fault('options', `has no meaning for ${kind.kind}`)];
  const given = options ?? {};
  if (!isStorable(given)) return [fault('options', 'has characters that no table takes')];
  return [...Value.Errors(kind.options, given)]
    .slice(0, 20)
    .map(({ instancePath, message }) => fault(`options${instancePath}`, message));
};

const listOf = (given: unknown): readonly unknown[] => (Array.isArray(given) ? given : [given]);

/** Nothing in it that Postgres would refuse or another text would be made of. */
const isStorable = (value: unknown): boolean => {
  if (typeof value === 'string') return storableText(value) === value;
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([name, inner]) => isStorable(name) && isStorable(inner));
};

const askedOf = ({ filters, from, to, as_of, options }: NewExport): ExportAsked => ({
  ...(filters === undefined || Object.keys(filters).length === 0 ? {} : { filters: listed(filters) }),
  ...(from === undefined ? {} : { from }),
  ...(to === undefined ? {} : { to }),
  ...(as_of === undefined ? {} : { as_of }),
  ...(options === undefined ? {} : { options }),
});

const listed = (filters: Readonly<Record<string, unknown>>): NonNullable<ExportAsked['filters']> =>
  // Each value was held against its filter.
  Object.fromEntries(Object.entries(filters).map(([name, given]) => [name, listOf(given) as readonly string[]]));
