import { defineEvent } from '@plenum/event';
import {
  type CredentialHashEncryptedV1,
  type CredentialHashWithdrawnV1,
  credentialHashEncryptedV1,
  credentialHashWithdrawnV1,
} from '../generated/schemas.ts';
import { credentialStream } from '../streams.ts';
import { credentialHashesTopic } from '../topics.ts';

const ofSubject = {
  topic: credentialHashesTopic.name,
  key: ({ subject }: { readonly subject: string }) => credentialStream(subject),
};

export const CredentialHashEncrypted = defineEvent<CredentialHashEncryptedV1>()({
  ...ofSubject,
  schemas: [credentialHashEncryptedV1],
});
export const CredentialHashWithdrawn = defineEvent<CredentialHashWithdrawnV1>()({
  ...ofSubject,
  schemas: [credentialHashWithdrawnV1],
});
