/** The rules about one organisation. Its stream belongs to itself, so that its people see it. */
import {
  type Actor,
  actorName,
  actsBeyond,
  type Decided,
  type Decider,
  decided,
  isEvent,
  isOrganisation,
  type NewEvent,
  newEvent,
  refused,
} from '@plenum/event';
import { OrganisationCreated, OrganisationRenamed } from './organisation-events.ts';

/** `undefined`: there is no such organisation. */
export type OrganisationState = { readonly id: string; readonly name: string } | undefined;

export type OrganisationCommand =
  | { readonly do: 'create'; readonly id: string; readonly name: string; readonly actor: Actor }
  | { readonly do: 'rename'; readonly name: string; readonly actor: Actor }
  /** Changes nothing: refused unless something can belong to it. */
  | { readonly do: 'expect' };

/** One line of text, as people have names. */
const linePattern = /^[^\p{C}\p{Zl}\p{Zp}]{1,200}$/u;

const decide = (state: OrganisationState, command: OrganisationCommand): Decided => {
  if (command.do === 'create') return create(state, command);
  if (state === undefined) return refused('not-found', 'There is no such organisation.');
  if (command.do === 'expect') return decided();
  if (!actsBeyond(command.actor)) return notTheirs;
  if (!linePattern.test(command.name)) return noName;
  if (command.name === state.name) return decided();
  const { name, actor } = command;
  return decided(newEvent(OrganisationRenamed, { organisation_id: state.id, name, by: actorName(actor) }));
};

type Create = Extract<OrganisationCommand, { readonly do: 'create' }>;

const create = (state: OrganisationState, { id, name, actor }: Create): Decided => {
  if (!actsBeyond(actor)) return notTheirs;
  if (state !== undefined) return refused('exists', 'There is such an organisation already.');
  if (!isOrganisation(id)) {
    return refused('invalid', 'The id of an organisation is 1 to 63 lower-case letters, digits and hyphens inside.');
  }
  if (!linePattern.test(name)) return noName;
  return decided(newEvent(OrganisationCreated, { organisation_id: id, name, by: actorName(actor) }));
};

const notTheirs = refused('forbidden', 'Only who looks after the installation decides about organisations.');
const noName = refused('invalid', 'A name is one line of 1 to 200 characters.');

const evolve = (state: OrganisationState, happened: NewEvent): OrganisationState => {
  if (isEvent(OrganisationCreated, happened)) {
    return { id: happened.data.organisation_id, name: happened.data.name };
  }
  if (isEvent(OrganisationRenamed, happened)) return state && { ...state, name: happened.data.name };
  return state;
};

export const organisation: Decider<OrganisationState, OrganisationCommand> = { initial: undefined, decide, evolve };
