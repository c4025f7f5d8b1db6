/** Commands about organisations. */
import { createOrganisation, type OrganisationPort, renameOrganisation } from '@plenum/access';
import { defaultOrganisation, isOrganisation, plenumItself, refused } from '@plenum/event';
import type { AccountContext } from './account-context.ts';

export const organisationsOver = ({ handle }: Pick<AccountContext, 'handle'>): OrganisationPort => ({
  create: async (id, { name, ...metadata }) => {
    if (!isOrganisation(id)) {
      return refused('invalid', 'The id of an organisation is 1 to 63 lower-case letters, digits and hyphens inside.');
    }
    const { actor } = metadata;
    return handle(createOrganisation(id, { name, actor }), { ...metadata, organisation: id });
  },
  rename: (id, { name, ...metadata }) => handle(renameOrganisation(id, { name, actor: metadata.actor }), metadata),
});

/** Makes `default`, where nobody has: one command for all processes and for ever. @throws TransientFailure */
export const ensureDefaultOrganisation = async ({ handle }: Pick<AccountContext, 'handle'>): Promise<void> => {
  const command = createOrganisation(defaultOrganisation, { name: 'Default', actor: plenumItself });
  await handle(command, { id: 'first', actor: plenumItself, organisation: defaultOrganisation });
};
