import { defineEvent } from '@plenum/event';
import {
  type ApiKeyChangedV1,
  type ApiKeyDisabledV1,
  type ApiKeyEnabledV1,
  type ApiKeyIssuedV1,
  type ApiKeyRevokedV1,
  type ApiKeyUsedV1,
  apiKeyChangedV1,
  apiKeyDisabledV1,
  apiKeyEnabledV1,
  apiKeyIssuedV1,
  apiKeyRevokedV1,
  apiKeyUsedV1,
} from '../generated/schemas.ts';
import { keyStream } from '../streams.ts';
import { accessTopic } from '../topics.ts';

const ofKey = { topic: accessTopic.name, key: ({ key_id }: { readonly key_id: string }) => keyStream(key_id) };

export const ApiKeyIssued = defineEvent<ApiKeyIssuedV1>()({ ...ofKey, schemas: [apiKeyIssuedV1] });
export const ApiKeyChanged = defineEvent<ApiKeyChangedV1>()({ ...ofKey, schemas: [apiKeyChangedV1] });
export const ApiKeyDisabled = defineEvent<ApiKeyDisabledV1>()({ ...ofKey, schemas: [apiKeyDisabledV1] });
export const ApiKeyEnabled = defineEvent<ApiKeyEnabledV1>()({ ...ofKey, schemas: [apiKeyEnabledV1] });
export const ApiKeyRevoked = defineEvent<ApiKeyRevokedV1>()({ ...ofKey, schemas: [apiKeyRevokedV1] });
export const ApiKeyUsed = defineEvent<ApiKeyUsedV1>()({ ...ofKey, schemas: [apiKeyUsedV1] });

/** Everything that can be changed about a key. */
export type KeyFields = Omit<ApiKeyChangedV1, 'key_id' | 'by'>;
