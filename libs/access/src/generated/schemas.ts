// Made from `schemas/access` by `npm run generate`; edit the schemas, not this file.
import type { AvroSchema, Personal } from '@plenum/event';

/** A key was changed. Everything that can be changed, as it is from here on. */
export type ApiKeyChangedV1 = {
  /** Its name, an underscore and 8 hexadecimal digits. */
  readonly key_id: string;
  /** The beginning of its id; letters, digits and `_ . -`. */
  readonly name: string;
  /** A name for a list of permissions. */
  readonly role: string;
  /** What it may do: exact names, or beginnings that end in `*`. */
  readonly permissions: readonly string[];
  /** Requests a minute. */
  readonly rate_limit: number;
  /** Null: never. */
  readonly expires_at: number | undefined;
  /** Who did it: an identity's id, or the name of a part of Plenum. */
  readonly by: string;
};

/** `schemas/access/api-key-changed.v1.avsc` */
export const apiKeyChangedV1: AvroSchema & Readonly<Record<string, unknown>> = {
  type: 'record',
  namespace: 'plenum.access',
  name: 'ApiKeyChanged',
  doc: 'A key was changed. Everything that can be changed, as it is from here on.',
  fields: [
    {
      name: 'key_id',
      type: 'string',
      doc: 'Its name, an underscore and 8 hexadecimal digits.',
    },
    {
      name: 'name',
      type: 'string',
      doc: 'The beginning of its id; letters, digits and `_ . -`.',
    },
    {
      name: 'role',
      type: 'string',
      doc: 'A name for a list of permissions.',
    },
    {
      name: 'permissions',
      type: {
        type: 'array',
        items: 'string',
      },
      doc: 'What it may do: exact names, or beginnings that end in `*`.',
    },
    {
      name: 'rate_limit',
      type: 'int',
      doc: 'Requests a minute.',
    },
    {
      name: 'expires_at',
      type: [
        'null',
        {
          type: 'long',
          logicalType: 'timestamp-micros',
        },
      ],
      default: null,
      doc: 'Null: never.',
    },
    {
      name: 'by',
      type: 'string',
      doc: "Who did it: an identity's id, or the name of a part of Plenum.",
    },
  ],
};

/** A key may not be used for now. */
export type ApiKeyDisabledV1 = {
  /** Its name, an underscore and 8 hexadecimal digits. */
  readonly key_id: string;
  /** Who did it: an identity's id, or the name of a part of Plenum. */
  readonly by: string;
};

/** `schemas/access/api-key-disabled.v1.avsc` */
export const apiKeyDisabledV1: AvroSchema & Readonly<Record<string, unknown>> = {
  type: 'record',
  namespace: 'plenum.access',
  name: 'ApiKeyDisabled',
  doc: 'A key may not be used for now.',
  fields: [
    {
      name: 'key_id',
      type: 'string',
      doc: 'Its name, an underscore and 8 hexadecimal digits.',
    },
    {
      name: 'by',
      type: 'string',
      doc: "Who did it: an identity's id, or the name of a part of Plenum.",
    },
  ],
};

/** A disabled key may be used again. */
export type ApiKeyEnabledV1 = {
  /** Its name, an underscore and 8 hexadecimal digits. */
  readonly key_id: string;
  /** Who did it: an identity's id, or the name of a part of Plenum. */
  readonly by: string;
};

/** `schemas/access/api-key-enabled.v1.avsc` */
export const apiKeyEnabledV1: AvroSchema & Readonly<Record<string, unknown>> = {
  type: 'record',
  namespace: 'plenum.access',
  name: 'ApiKeyEnabled',
  doc: 'A disabled key may be used again.',
  fields: [
    {
      name: 'key_id',
      type: 'string',
      doc: 'Its name, an underscore and 8 hexadecimal digits.',
    },
    {
      name: 'by',
      type: 'string',
      doc: "Who did it: an identity's id, or the name of a part of Plenum.",
    },
  ],
};

/** A program was given a key. The key itself was shown once and is recorded nowhere. */
export type ApiKeyIssuedV1 = {
  /** Its name, an underscore and 8 hexadecimal digits. */
  readonly key_id: string;
  /** SHA-256 of the key's credential hash, 64 hexadecimal digits: tells keys apart and opens nothing. */
  readonly key_hash: string;
  /** The beginning of its id; letters, digits and `_ . -`. */
  readonly name: string;
  /** A name for a list of permissions. */
  readonly role: string;
  /** What it may do: exact names, or beginnings that end in `*`. */
  readonly permissions: readonly string[];
  /** Requests a minute. */
  readonly rate_limit: number;
  /** Null: never. */
  readonly expires_at: number | undefined;
  /** Who did it: an identity's id, or the name of a part of Plenum. */
  readonly issued_by: string;
};

/** `schemas/access/api-key-issued.v1.avsc` */
export const apiKeyIssuedV1: AvroSchema & Readonly<Record<string, unknown>> = {
  type: 'record',
  namespace: 'plenum.access',
  name: 'ApiKeyIssued',
  doc: 'A program was given a key. The key itself was shown once and is recorded nowhere.',
  fields: [
    {
      name: 'key_id',
      type: 'string',
      doc: 'Its name, an underscore and 8 hexadecimal digits.',
    },
    {
      name: 'key_hash',
      type: 'string',
      doc: "SHA-256 of the key's credential hash, 64 hexadecimal digits: tells keys apart and opens nothing.",
    },
    {
      name: 'name',
      type: 'string',
      doc: 'The beginning of its id; letters, digits and `_ . -`.',
    },
    {
      name: 'role',
      type: 'string',
      doc: 'A name for a list of permissions.',
    },
    {
      name: 'permissions',
      type: {
        type: 'array',
        items: 'string',
      },
      doc: 'What it may do: exact names, or beginnings that end in `*`.',
    },
    {
      name: 'rate_limit',
      type: 'int',
      doc: 'Requests a minute.',
    },
    {
      name: 'expires_at',
      type: [
        'null',
        {
          type: 'long',
          logicalType: 'timestamp-micros',
        },
      ],
      default: null,
      doc: 'Null: never.',
    },
    {
      name: 'issued_by',
      type: 'string',
      doc: "Who did it: an identity's id, or the name of a part of Plenum.",
    },
  ],
};

/** A key may never be used again. */
export type ApiKeyRevokedV1 = {
  /** Its name, an underscore and 8 hexadecimal digits. */
  readonly key_id: string;
  /** Who did it: an identity's id, or the name of a part of Plenum. */
  readonly by: string;
};

/** `schemas/access/api-key-revoked.v1.avsc` */
export const apiKeyRevokedV1: AvroSchema & Readonly<Record<string, unknown>> = {
  type: 'record',
  namespace: 'plenum.access',
  name: 'ApiKeyRevoked',
  doc: 'A key may never be used again.',
  fields: [
    {
      name: 'key_id',
      type: 'string',
      doc: 'Its name, an underscore and 8 hexadecimal digits.',
    },
    {
      name: 'by',
      type: 'string',
      doc: "Who did it: an identity's id, or the name of a part of Plenum.",
    },
  ],
};

/** A key was used. At most one a minute, key and process. */
export type ApiKeyUsedV1 = {
  /** Its name, an underscore and 8 hexadecimal digits. */
  readonly key_id: string;
  /** How often, since this process said so last. */
  readonly count: number;
  /** The last time. */
  readonly last_used: number;
};

/** `schemas/access/api-key-used.v1.avsc` */
export const apiKeyUsedV1: AvroSchema & Readonly<Record<string, unknown>> = {
  type: 'record',
  namespace: 'plenum.access',
  name: 'ApiKeyUsed',
  doc: 'A key was used. At most one a minute, key and process.',
  fields: [
    {
      name: 'key_id',
      type: 'string',
      doc: 'Its name, an underscore and 8 hexadecimal digits.',
    },
    {
      name: 'count',
      type: 'long',
      doc: 'How often, since this process said so last.',
    },
    {
      name: 'last_used',
      type: {
        type: 'long',
        logicalType: 'timestamp-micros',
      },
      doc: 'The last time.',
    },
  ],
};

/** What a password or an API key is checked against, readable only with the master key. */
export type CredentialHashEncryptedV1 = {
  /** A user id or a key id. */
  readonly subject: string;
  /** `password` or `api_key`. */
  readonly kind: string;
  /** AES-256-GCM; the subject is authenticated with it. */
  readonly encrypted: Uint8Array;
  /** Fingerprint of the master key. */
  readonly encrypted_with: string;
};

/** `schemas/access/credential-hash-encrypted.v1.avsc` */
export const credentialHashEncryptedV1: AvroSchema & Readonly<Record<string, unknown>> = {
  type: 'record',
  namespace: 'plenum.access',
  name: 'CredentialHashEncrypted',
  doc: 'What a password or an API key is checked against, readable only with the master key.',
  fields: [
    {
      name: 'subject',
      type: 'string',
      doc: 'A user id or a key id.',
    },
    {
      name: 'kind',
      type: 'string',
      doc: '`password` or `api_key`.',
    },
    {
      name: 'encrypted',
      type: 'bytes',
      doc: 'AES-256-GCM; the subject is authenticated with it.',
    },
    {
      name: 'encrypted_with',
      type: 'string',
      doc: 'Fingerprint of the master key.',
    },
  ],
};

/** A password or an API key is checked against nothing any more: it is always wrong. */
export type CredentialHashWithdrawnV1 = {
  /** A user id or a key id. */
  readonly subject: string;
  /** Who did it: an identity's id, or the name of a part of Plenum. */
  readonly by: string;
};

/** `schemas/access/credential-hash-withdrawn.v1.avsc` */
export const credentialHashWithdrawnV1: AvroSchema & Readonly<Record<string, unknown>> = {
  type: 'record',
  namespace: 'plenum.access',
  name: 'CredentialHashWithdrawn',
  doc: 'A password or an API key is checked against nothing any more: it is always wrong.',
  fields: [
    {
      name: 'subject',
      type: 'string',
      doc: 'A user id or a key id.',
    },
    {
      name: 'by',
      type: 'string',
      doc: "Who did it: an identity's id, or the name of a part of Plenum.",
    },
  ],
};

/** There is an organisation that things can belong to. */
export type OrganisationCreatedV1 = {
  /** Chosen, for ever: 1 to 63 lower-case letters, digits and hyphens. */
  readonly organisation_id: string;
  /** For people. */
  readonly name: string;
  /** Who did it: an identity's id, or the name of a part of Plenum. */
  readonly by: string;
};

/** `schemas/access/organisation-created.v1.avsc` */
export const organisationCreatedV1: AvroSchema & Readonly<Record<string, unknown>> = {
  type: 'record',
  namespace: 'plenum.access',
  name: 'OrganisationCreated',
  doc: 'There is an organisation that things can belong to.',
  fields: [
    {
      name: 'organisation_id',
      type: 'string',
      doc: 'Chosen, for ever: 1 to 63 lower-case letters, digits and hyphens.',
    },
    {
      name: 'name',
      type: 'string',
      doc: 'For people.',
    },
    {
      name: 'by',
      type: 'string',
      doc: "Who did it: an identity's id, or the name of a part of Plenum.",
    },
  ],
};

/** People call an organisation something else. Its id stays. */
export type OrganisationRenamedV1 = {
  /** Which. */
  readonly organisation_id: string;
  /** For people. */
  readonly name: string;
  /** Who did it: an identity's id, or the name of a part of Plenum. */
  readonly by: string;
};

/** `schemas/access/organisation-renamed.v1.avsc` */
export const organisationRenamedV1: AvroSchema & Readonly<Record<string, unknown>> = {
  type: 'record',
  namespace: 'plenum.access',
  name: 'OrganisationRenamed',
  doc: 'People call an organisation something else. Its id stays.',
  fields: [
    {
      name: 'organisation_id',
      type: 'string',
      doc: 'Which.',
    },
    {
      name: 'name',
      type: 'string',
      doc: 'For people.',
    },
    {
      name: 'by',
      type: 'string',
      doc: "Who did it: an identity's id, or the name of a part of Plenum.",
    },
  ],
};

/** Somebody presented credentials, and was authenticated or was not. */
export type SecurityEventSeenV1 = {
  /** `authentication_success`, `authentication_failed`, `authorization_failed` or `rate_limit_exceeded`. */
  readonly event_type: string;
  /** The identity's id, where one was made out. */
  readonly user_id: string | undefined;
  /** Where it came from. */
  readonly ip_address: string;
  /** As sent, its start. */
  readonly user_agent: string | undefined;
  /** The path that was asked for. */
  readonly resource: string;
  /** Always `access`. */
  readonly action: string;
  /** Whether it was authenticated. */
  readonly success: boolean;
  /** A JSON object as text. */
  readonly details: string | undefined;
  /** How many this stands for: more than one when they were counted, not kept. */
  readonly occurrences: number;
};

/** `schemas/access/security-event-seen.v1.avsc` */
export const securityEventSeenV1: AvroSchema & Readonly<Record<string, unknown>> = {
  type: 'record',
  namespace: 'plenum.access',
  name: 'SecurityEventSeen',
  doc: 'Somebody presented credentials, and was authenticated or was not.',
  fields: [
    {
      name: 'event_type',
      type: 'string',
      doc: '`authentication_success`, `authentication_failed`, `authorization_failed` or `rate_limit_exceeded`.',
    },
    {
      name: 'user_id',
      type: ['null', 'string'],
      default: null,
      doc: "The identity's id, where one was made out.",
    },
    {
      name: 'ip_address',
      type: 'string',
      doc: 'Where it came from.',
    },
    {
      name: 'user_agent',
      type: ['null', 'string'],
      default: null,
      doc: 'As sent, its start.',
    },
    {
      name: 'resource',
      type: 'string',
      doc: 'The path that was asked for.',
    },
    {
      name: 'action',
      type: 'string',
      doc: 'Always `access`.',
    },
    {
      name: 'success',
      type: 'boolean',
      doc: 'Whether it was authenticated.',
    },
    {
      name: 'details',
      type: ['null', 'string'],
      default: null,
      doc: 'A JSON object as text.',
    },
    {
      name: 'occurrences',
      type: 'long',
      doc: 'How many this stands for: more than one when they were counted, not kept.',
    },
  ],
};

/** Somebody knocked, and was let in or was not. */
export type SecurityEventSeenV2 = {
  /** `authentication_success`, `authentication_failed`, `authorization_failed` or `rate_limit_exceeded`. */
  readonly event_type: string;
  /** The identity's id, where one was made out. */
  readonly user_id: string | undefined;
  /** The identity's, where one was made out. */
  readonly organisation: string | undefined;
  /** Where it came from. */
  readonly ip_address: string;
  /** As sent, its start. */
  readonly user_agent: string | undefined;
  /** The path that was asked for. */
  readonly resource: string;
  /** Always `access`. */
  readonly action: string;
  /** Whether it was let in. */
  readonly success: boolean;
  /** A JSON object as text. */
  readonly details: string | undefined;
  /** How many this stands for: more than one when they were counted, not kept. */
  readonly occurrences: number;
};

/** `schemas/access/security-event-seen.v2.avsc` */
export const securityEventSeenV2: AvroSchema & Readonly<Record<string, unknown>> = {
  type: 'record',
  namespace: 'plenum.access',
  name: 'SecurityEventSeen',
  doc: 'Somebody knocked, and was let in or was not.',
  fields: [
    {
      name: 'event_type',
      type: 'string',
      doc: '`authentication_success`, `authentication_failed`, `authorization_failed` or `rate_limit_exceeded`.',
    },
    {
      name: 'user_id',
      type: ['null', 'string'],
      default: null,
      doc: "The identity's id, where one was made out.",
    },
    {
      name: 'organisation',
      type: ['null', 'string'],
      default: null,
      doc: "The identity's, where one was made out.",
    },
    {
      name: 'ip_address',
      type: 'string',
      doc: 'Where it came from.',
    },
    {
      name: 'user_agent',
      type: ['null', 'string'],
      default: null,
      doc: 'As sent, its start.',
    },
    {
      name: 'resource',
      type: 'string',
      doc: 'The path that was asked for.',
    },
    {
      name: 'action',
      type: 'string',
      doc: 'Always `access`.',
    },
    {
      name: 'success',
      type: 'boolean',
      doc: 'Whether it was let in.',
    },
    {
      name: 'details',
      type: ['null', 'string'],
      default: null,
      doc: 'A JSON object as text.',
    },
    {
      name: 'occurrences',
      type: 'long',
      doc: 'How many this stands for: more than one when they were counted, not kept.',
    },
  ],
};

/** A session opens nothing any more, before its time. */
export type SessionEndedV1 = {
  /** 32 hexadecimal digits. */
  readonly token_id: string;
  /** Whose it was. */
  readonly user_id: string;
  /** `logged-out`, `revoked`, `password-changed` or `replaced`. */
  readonly reason: string;
  /** Who did it: an identity's id, or the name of a part of Plenum. */
  readonly by: string;
};

/** `schemas/access/session-ended.v1.avsc` */
export const sessionEndedV1: AvroSchema & Readonly<Record<string, unknown>> = {
  type: 'record',
  namespace: 'plenum.access',
  name: 'SessionEnded',
  doc: 'A session opens nothing any more, before its time.',
  fields: [
    {
      name: 'token_id',
      type: 'string',
      doc: '32 hexadecimal digits.',
    },
    {
      name: 'user_id',
      type: 'string',
      doc: 'Whose it was.',
    },
    {
      name: 'reason',
      type: 'string',
      doc: '`logged-out`, `revoked`, `password-changed` or `replaced`.',
    },
    {
      name: 'by',
      type: 'string',
      doc: "Who did it: an identity's id, or the name of a part of Plenum.",
    },
  ],
};

/** Somebody logged in, or a token was made for them. */
export type SessionStartedV1 = {
  /** 32 hexadecimal digits; `jti` of the token. */
  readonly token_id: string;
  /** Whose it is. */
  readonly user_id: string;
  /** Their role when it was made. */
  readonly role: string;
  /** What the token may open at most. */
  readonly permissions: readonly string[];
  /** From then on it opens nothing. */
  readonly expires_at: number;
  /** What is known of the device, a JSON object as text. */
  readonly device_info: string | undefined;
};

/** `schemas/access/session-started.v1.avsc` */
export const sessionStartedV1: AvroSchema & Readonly<Record<string, unknown>> = {
  type: 'record',
  namespace: 'plenum.access',
  name: 'SessionStarted',
  doc: 'Somebody logged in, or a token was made for them.',
  fields: [
    {
      name: 'token_id',
      type: 'string',
      doc: '32 hexadecimal digits; `jti` of the token.',
    },
    {
      name: 'user_id',
      type: 'string',
      doc: 'Whose it is.',
    },
    {
      name: 'role',
      type: 'string',
      doc: 'Their role when it was made.',
    },
    {
      name: 'permissions',
      type: {
        type: 'array',
        items: 'string',
      },
      doc: 'What the token may open at most.',
    },
    {
      name: 'expires_at',
      type: {
        type: 'long',
        logicalType: 'timestamp-micros',
      },
      doc: 'From then on it opens nothing.',
    },
    {
      name: 'device_info',
      type: ['null', 'string'],
      default: null,
      doc: 'What is known of the device, a JSON object as text.',
    },
  ],
};

/** An account was changed. Everything that can be changed, as it is from here on. */
export type UserChangedV1 = {
  /** UUID. */
  readonly user_id: string;
  /** The name to log in with, as it was given; upper and lower case are the same. */
  readonly login: string;
  /** For people. */
  readonly name: string;
  /** Where one was given. */
  readonly email: string | undefined;
  /** A name for a list of permissions. */
  readonly role: string;
  /** What they may do: exact names, or beginnings that end in `*`. */
  readonly permissions: readonly string[];
  /** Who did it: an identity's id, or the name of a part of Plenum. */
  readonly by: string;
};

/** `schemas/access/user-changed.v1.avsc` */
export const userChangedV1: AvroSchema & Readonly<Record<string, unknown>> = {
  type: 'record',
  namespace: 'plenum.access',
  name: 'UserChanged',
  doc: 'An account was changed. Everything that can be changed, as it is from here on.',
  fields: [
    {
      name: 'user_id',
      type: 'string',
      doc: 'UUID.',
    },
    {
      name: 'login',
      type: 'string',
      doc: 'The name to log in with, as it was given; upper and lower case are the same.',
    },
    {
      name: 'name',
      type: 'string',
      doc: 'For people.',
    },
    {
      name: 'email',
      type: ['null', 'string'],
      default: null,
      doc: 'Where one was given.',
    },
    {
      name: 'role',
      type: 'string',
      doc: 'A name for a list of permissions.',
    },
    {
      name: 'permissions',
      type: {
        type: 'array',
        items: 'string',
      },
      doc: 'What they may do: exact names, or beginnings that end in `*`.',
    },
    {
      name: 'by',
      type: 'string',
      doc: "Who did it: an identity's id, or the name of a part of Plenum.",
    },
  ],
};

/** An account was changed. Everything that can be changed, as it is from here on. */
export type UserChangedV2 = {
  /** UUID. */
  readonly user_id: string;
  /** The name to log in with, as it was given; upper and lower case are the same. */
  readonly login: Personal;
  /** For people. */
  readonly name: Personal;
  /** Where one was given. */
  readonly email: Personal | undefined;
  /** A name for a list of permissions. */
  readonly role: string;
  /** What they may do: exact names, or beginnings that end in `*`. */
  readonly permissions: readonly string[];
  /** Who did it: an identity's id, or the name of a part of Plenum. */
  readonly by: string;
};

/** `schemas/access/user-changed.v2.avsc` */
export const userChangedV2: AvroSchema & Readonly<Record<string, unknown>> = {
  type: 'record',
  namespace: 'plenum.access',
  name: 'UserChanged',
  doc: 'An account was changed. Everything that can be changed, as it is from here on.',
  person: 'user_id',
  fields: [
    {
      name: 'user_id',
      type: 'string',
      doc: 'UUID.',
    },
    {
      name: 'login',
      type: {
        type: 'bytes',
        logicalType: 'personal',
      },
      doc: 'The name to log in with, as it was given; upper and lower case are the same.',
    },
    {
      name: 'name',
      type: {
        type: 'bytes',
        logicalType: 'personal',
      },
      doc: 'For people.',
    },
    {
      name: 'email',
      type: [
        'null',
        {
          type: 'bytes',
          logicalType: 'personal',
        },
      ],
      default: null,
      doc: 'Where one was given.',
    },
    {
      name: 'role',
      type: 'string',
      doc: 'A name for a list of permissions.',
    },
    {
      name: 'permissions',
      type: {
        type: 'array',
        items: 'string',
      },
      doc: 'What they may do: exact names, or beginnings that end in `*`.',
    },
    {
      name: 'by',
      type: 'string',
      doc: "Who did it: an identity's id, or the name of a part of Plenum.",
    },
  ],
};

/** Somebody was given an account. */
export type UserCreatedV1 = {
  /** UUID. */
  readonly user_id: string;
  /** The name to log in with, as it was given; upper and lower case are the same. */
  readonly login: string;
  /** For people. */
  readonly name: string;
  /** Where one was given. */
  readonly email: string | undefined;
  /** A name for a list of permissions. */
  readonly role: string;
  /** What they may do: exact names, or beginnings that end in `*`. */
  readonly permissions: readonly string[];
  /** Who did it: an identity's id, or the name of a part of Plenum. */
  readonly by: string;
};

/** `schemas/access/user-created.v1.avsc` */
export const userCreatedV1: AvroSchema & Readonly<Record<string, unknown>> = {
  type: 'record',
  namespace: 'plenum.access',
  name: 'UserCreated',
  doc: 'Somebody was given an account.',
  fields: [
    {
      name: 'user_id',
      type: 'string',
      doc: 'UUID.',
    },
    {
      name: 'login',
      type: 'string',
      doc: 'The name to log in with, as it was given; upper and lower case are the same.',
    },
    {
      name: 'name',
      type: 'string',
      doc: 'For people.',
    },
    {
      name: 'email',
      type: ['null', 'string'],
      default: null,
      doc: 'Where one was given.',
    },
    {
      name: 'role',
      type: 'string',
      doc: 'A name for a list of permissions.',
    },
    {
      name: 'permissions',
      type: {
        type: 'array',
        items: 'string',
      },
      doc: 'What they may do: exact names, or beginnings that end in `*`.',
    },
    {
      name: 'by',
      type: 'string',
      doc: "Who did it: an identity's id, or the name of a part of Plenum.",
    },
  ],
};

/** Somebody was given an account. */
export type UserCreatedV2 = {
  /** UUID. */
  readonly user_id: string;
  /** The name to log in with, as it was given; upper and lower case are the same. */
  readonly login: string;
  /** For people. */
  readonly name: string;
  /** Where one was given. */
  readonly email: string | undefined;
  /** A name for a list of permissions. */
  readonly role: string;
  /** What they may do: exact names, or beginnings that end in `*`. */
  readonly permissions: readonly string[];
  /** Who did it: an identity's id, or the name of a part of Plenum. */
  readonly by: string;
  /** What a replaced system calls them, as its tokens do. Nobody else has it, neither so nor as a login. */
  readonly imported_id: string | undefined;
};

/** `schemas/access/user-created.v2.avsc` */
export const userCreatedV2: AvroSchema & Readonly<Record<string, unknown>> = {
  type: 'record',
  namespace: 'plenum.access',
  name: 'UserCreated',
  doc: 'Somebody was given an account.',
  fields: [
    {
      name: 'user_id',
      type: 'string',
      doc: 'UUID.',
    },
    {
      name: 'login',
      type: 'string',
      doc: 'The name to log in with, as it was given; upper and lower case are the same.',
    },
    {
      name: 'name',
      type: 'string',
      doc: 'For people.',
    },
    {
      name: 'email',
      type: ['null', 'string'],
      default: null,
      doc: 'Where one was given.',
    },
    {
      name: 'role',
      type: 'string',
      doc: 'A name for a list of permissions.',
    },
    {
      name: 'permissions',
      type: {
        type: 'array',
        items: 'string',
      },
      doc: 'What they may do: exact names, or beginnings that end in `*`.',
    },
    {
      name: 'by',
      type: 'string',
      doc: "Who did it: an identity's id, or the name of a part of Plenum.",
    },
    {
      name: 'imported_id',
      type: ['null', 'string'],
      default: null,
      doc: 'What a replaced system calls them, as its tokens do. Nobody else has it, neither so nor as a login.',
    },
  ],
};

/** Somebody was given an account. */
export type UserCreatedV3 = {
  /** UUID. */
  readonly user_id: string;
  /** The name to log in with, as it was given; upper and lower case are the same. */
  readonly login: Personal;
  /** For people. */
  readonly name: Personal;
  /** Where one was given. */
  readonly email: Personal | undefined;
  /** A name for a list of permissions. */
  readonly role: string;
  /** What they may do: exact names, or beginnings that end in `*`. */
  readonly permissions: readonly string[];
  /** Who did it: an identity's id, or the name of a part of Plenum. */
  readonly by: string;
  /** What a replaced system calls them, as its tokens do. Nobody else has it, neither so nor as a login. */
  readonly imported_id: Personal | undefined;
};

/** `schemas/access/user-created.v3.avsc` */
export const userCreatedV3: AvroSchema & Readonly<Record<string, unknown>> = {
  type: 'record',
  namespace: 'plenum.access',
  name: 'UserCreated',
  doc: 'Somebody was given an account.',
  person: 'user_id',
  fields: [
    {
      name: 'user_id',
      type: 'string',
      doc: 'UUID.',
    },
    {
      name: 'login',
      type: {
        type: 'bytes',
        logicalType: 'personal',
      },
      doc: 'The name to log in with, as it was given; upper and lower case are the same.',
    },
    {
      name: 'name',
      type: {
        type: 'bytes',
        logicalType: 'personal',
      },
      doc: 'For people.',
    },
    {
      name: 'email',
      type: [
        'null',
        {
          type: 'bytes',
          logicalType: 'personal',
        },
      ],
      default: null,
      doc: 'Where one was given.',
    },
    {
      name: 'role',
      type: 'string',
      doc: 'A name for a list of permissions.',
    },
    {
      name: 'permissions',
      type: {
        type: 'array',
        items: 'string',
      },
      doc: 'What they may do: exact names, or beginnings that end in `*`.',
    },
    {
      name: 'by',
      type: 'string',
      doc: "Who did it: an identity's id, or the name of a part of Plenum.",
    },
    {
      name: 'imported_id',
      type: [
        'null',
        {
          type: 'bytes',
          logicalType: 'personal',
        },
      ],
      default: null,
      doc: 'What a replaced system calls them, as its tokens do. Nobody else has it, neither so nor as a login.',
    },
  ],
};

/** An account may not be used any more, its sessions included. */
export type UserDisabledV1 = {
  /** UUID. */
  readonly user_id: string;
  /** Who did it: an identity's id, or the name of a part of Plenum. */
  readonly by: string;
};

/** `schemas/access/user-disabled.v1.avsc` */
export const userDisabledV1: AvroSchema & Readonly<Record<string, unknown>> = {
  type: 'record',
  namespace: 'plenum.access',
  name: 'UserDisabled',
  doc: 'An account may not be used any more, its sessions included.',
  fields: [
    {
      name: 'user_id',
      type: 'string',
      doc: 'UUID.',
    },
    {
      name: 'by',
      type: 'string',
      doc: "Who did it: an identity's id, or the name of a part of Plenum.",
    },
  ],
};

/** A disabled account may be used again. */
export type UserEnabledV1 = {
  /** UUID. */
  readonly user_id: string;
  /** Who did it: an identity's id, or the name of a part of Plenum. */
  readonly by: string;
};

/** `schemas/access/user-enabled.v1.avsc` */
export const userEnabledV1: AvroSchema & Readonly<Record<string, unknown>> = {
  type: 'record',
  namespace: 'plenum.access',
  name: 'UserEnabled',
  doc: 'A disabled account may be used again.',
  fields: [
    {
      name: 'user_id',
      type: 'string',
      doc: 'UUID.',
    },
    {
      name: 'by',
      type: 'string',
      doc: "Who did it: an identity's id, or the name of a part of Plenum.",
    },
  ],
};

/** Too many wrong passwords: nobody can log in to the account for a while. Sessions go on. */
export type UserLockedOutV1 = {
  /** UUID. */
  readonly user_id: string;
  /** From then on passwords are looked at again. */
  readonly until: number;
  /** Wrong passwords that led to it. */
  readonly failures: number;
};

/** `schemas/access/user-locked-out.v1.avsc` */
export const userLockedOutV1: AvroSchema & Readonly<Record<string, unknown>> = {
  type: 'record',
  namespace: 'plenum.access',
  name: 'UserLockedOut',
  doc: 'Too many wrong passwords: nobody can log in to the account for a while. Sessions go on.',
  fields: [
    {
      name: 'user_id',
      type: 'string',
      doc: 'UUID.',
    },
    {
      name: 'until',
      type: {
        type: 'long',
        logicalType: 'timestamp-micros',
      },
      doc: 'From then on passwords are looked at again.',
    },
    {
      name: 'failures',
      type: 'int',
      doc: 'Wrong passwords that led to it.',
    },
  ],
};

/** Whatever was started for an account before a moment opens nothing any more, tokens that nobody recorded included. */
export type UserSessionsEndedV1 = {
  /** UUID. */
  readonly user_id: string;
  /** What was started by then has ended. */
  readonly until: number;
  /** The one session that goes on: the one that asked for it. */
  readonly kept_token_id: string | undefined;
  /** `revoked` or `password-changed`. */
  readonly reason: string;
  /** Who did it: an identity's id, or the name of a part of Plenum. */
  readonly by: string;
};

/** `schemas/access/user-sessions-ended.v1.avsc` */
export const userSessionsEndedV1: AvroSchema & Readonly<Record<string, unknown>> = {
  type: 'record',
  namespace: 'plenum.access',
  name: 'UserSessionsEnded',
  doc: 'Whatever was started for an account before a moment opens nothing any more, tokens that nobody recorded included.',
  fields: [
    {
      name: 'user_id',
      type: 'string',
      doc: 'UUID.',
    },
    {
      name: 'until',
      type: {
        type: 'long',
        logicalType: 'timestamp-micros',
      },
      doc: 'What was started by then has ended.',
    },
    {
      name: 'kept_token_id',
      type: ['null', 'string'],
      default: null,
      doc: 'The one session that goes on: the one that asked for it.',
    },
    {
      name: 'reason',
      type: 'string',
      doc: '`revoked` or `password-changed`.',
    },
    {
      name: 'by',
      type: 'string',
      doc: "Who did it: an identity's id, or the name of a part of Plenum.",
    },
  ],
};

/** A lock-out was ended before its time. */
export type UserUnlockedV1 = {
  /** UUID. */
  readonly user_id: string;
  /** Who did it: an identity's id, or the name of a part of Plenum. */
  readonly by: string;
};

/** `schemas/access/user-unlocked.v1.avsc` */
export const userUnlockedV1: AvroSchema & Readonly<Record<string, unknown>> = {
  type: 'record',
  namespace: 'plenum.access',
  name: 'UserUnlocked',
  doc: 'A lock-out was ended before its time.',
  fields: [
    {
      name: 'user_id',
      type: 'string',
      doc: 'UUID.',
    },
    {
      name: 'by',
      type: 'string',
      doc: "Who did it: an identity's id, or the name of a part of Plenum.",
    },
  ],
};
