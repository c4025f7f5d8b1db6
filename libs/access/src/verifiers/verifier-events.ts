import { defineEvent } from '@plenum/event';
import {
  type VerifierSealedV1,
  type VerifierWithdrawnV1,
  verifierSealedV1,
  verifierWithdrawnV1,
} from '../generated/schemas.ts';
import { verifierStream } from '../streams.ts';
import { verifiersTopic } from '../topics.ts';

const ofSubject = {
  topic: verifiersTopic.name,
  key: ({ subject }: { readonly subject: string }) => verifierStream(subject),
};

export const VerifierSealed = defineEvent<VerifierSealedV1>()({ ...ofSubject, schemas: [verifierSealedV1] });
export const VerifierWithdrawn = defineEvent<VerifierWithdrawnV1>()({ ...ofSubject, schemas: [verifierWithdrawnV1] });
