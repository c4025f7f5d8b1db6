/** What the query of the live stream asks for. */
import type { StreamKind } from '@plenum/domain';
import { Problem } from '@plenum/http';
import type { Projection } from '@plenum/read-model';
import type { Wanted } from '../../stream/wanted.ts';

/** A parameter of the query, which may stand there several times. */
export type Texts = string | readonly string[] | undefined;

export type Choices = {
  readonly kinds: readonly StreamKind[];
  readonly projections: readonly Pick<Projection, 'name' | 'topics'>[];
  /** The names of all filters of all kinds. */
  readonly filters: readonly string[];
};

export type Chosen = { readonly wanted: Wanted; readonly shownBy: string | undefined };

/** @throws Problem for what cannot be followed. */
export const askedFor = (choices: Choices, asked: Readonly<Record<string, Texts>>): Chosen => {
  const kinds = kindsOf(choices, listOf(asked.kind));
  return {
    wanted: { kinds, types: typesOf(kinds, listOf(asked.type)), filters: filtersOf(choices, kinds, asked) },
    shownBy: modelOf(choices, kinds, listOf(asked.model)[0]),
  };
};

const listOf = (texts: Texts): readonly string[] => (texts === undefined ? [] : [texts].flat());

const invalid = (detail: string): Problem => new Problem('validation', detail);

const kindsOf = (choices: Choices, names: readonly string[]): readonly StreamKind[] => {
  const known = choices.kinds.map(({ kind }) => kind).join(', ');
  if (names.length === 0) throw invalid(`kind is missing: at least one of ${known}.`);
  return [...new Set(names)].map((name) => {
    const kind = choices.kinds.find((one) => one.kind === name);
    if (kind === undefined) throw invalid(`kind is none of ${known}.`);
    return kind;
  });
};

/** As the catalogue names them; the namespace may be left out. */
const typesOf = (kinds: readonly StreamKind[], names: readonly string[]): ReadonlySet<string> => {
  const known = kinds.flatMap(({ events }) => events.map(({ type }) => type));
  return new Set(
    names.map((name) => {
      const type = known.find((one) => one === name || one.endsWith(`.${name}`));
      if (type === undefined) throw invalid(`type is none of ${known.join(', ')}.`);
      return type;
    }),
  );
};

const filtersOf = (
  choices: Choices,
  kinds: readonly StreamKind[],
  asked: Readonly<Record<string, Texts>>,
): ReadonlyMap<string, ReadonlySet<string>> => {
  const given = choices.filters.filter((name) => asked[name] !== undefined);
  for (const name of given) {
    const without = kinds.find(({ filters }) => !Object.hasOwn(filters, name));
    if (without !== undefined) throw invalid(`${name} is no filter of ${without.kind}.`);
  }
  return new Map(given.map((name) => [name, new Set(listOf(asked[name]))]));
};

/** It has to read the topics of all kinds: it would never show the others. */
const modelOf = (
  { projections }: Choices,
  kinds: readonly StreamKind[],
  name: string | undefined,
): string | undefined => {
  if (name === undefined) return undefined;
  const model = projections.find((one) => one.name === name);
  if (model === undefined) throw invalid('model is no read model.');
  const strange = kinds.find(({ events }) => events.some(({ topic }) => !model.topics.includes(topic)));
  if (strange !== undefined) throw invalid(`${name} is not made from ${strange.kind}.`);
  return name;
};
