/** What can be asked for about organisations, as the commands that `handleCommand` takes. */
import { type Actor, type Command, command, defaultOrganisation } from '@plenum/event';
import { organisationStream } from '../streams.ts';
import { type OrganisationCommand, organisation } from './organisation.ts';

type Named = { readonly name: string; readonly actor: Actor };

/** Its metadata has to name it as the organisation, for its stream belongs to itself. */
export const createOrganisation = (id: string, asked: Named): Command =>
  ofOrganisation(id, { do: 'create', id, ...asked });

export const renameOrganisation = (id: string, asked: Named): Command => ofOrganisation(id, { do: 'rename', ...asked });

/** That there is such an organisation, at the moment in which something comes to belong to it. `default` always is. */
export const expectOrganisation = (id: string | undefined): readonly Command[] =>
  id === undefined || id === defaultOrganisation ? [] : [ofOrganisation(id, { do: 'expect' })];

const ofOrganisation = (id: string, data: OrganisationCommand): Command =>
  command({ name: `access.${data.do}-organisation`, stream: organisationStream(id), decider: organisation, data });
