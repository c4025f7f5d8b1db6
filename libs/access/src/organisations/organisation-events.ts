import { defineEvent } from '@plenum/event';
import {
  type OrganisationCreatedV1,
  type OrganisationRenamedV1,
  organisationCreatedV1,
  organisationRenamedV1,
} from '../generated/schemas.ts';
import { organisationStream } from '../streams.ts';
import { accessTopic } from '../topics.ts';

const ofOrganisation = {
  topic: accessTopic.name,
  key: ({ organisation_id }: { readonly organisation_id: string }) => organisationStream(organisation_id),
};

export const OrganisationCreated = defineEvent<OrganisationCreatedV1>()({
  ...ofOrganisation,
  schemas: [organisationCreatedV1],
});
export const OrganisationRenamed = defineEvent<OrganisationRenamedV1>()({
  ...ofOrganisation,
  schemas: [organisationRenamedV1],
});
