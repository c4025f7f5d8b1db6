import { type EventDefinition, registrySubject } from '@plenum/event';
import type { RegistryClient } from './registry-client.ts';

/** `version` is ours, from the catalogue; the registry may count otherwise. */
export type Registered = { readonly subject: string; readonly version: number; readonly id: number };

/**
 * Registers every version of every event, oldest first, each under its subject with the rule of compatibility. Done
 * at deploy, by a command; never by a process that serves. Again: nothing changes.
 * @throws RegistryRefusal at the first version that breaks its subject's rule; those before it stay registered. TransientFailure
 *   when the registry goes away: do it again.
 */
export const registerSchemas = async (
  client: RegistryClient,
  definitions: readonly EventDefinition<never>[],
): Promise<readonly Registered[]> => {
  const registered: Registered[] = [];
  for (const definition of definitions) {
    const subject = registrySubject(definition);
    for (const [index, schema] of definition.schemas.entries()) {
      registered.push({ subject, version: index + 1, id: await client.register(subject, schema) });
    }
  }
  return registered;
};

/** A version of the catalogue, and its id where it is registered. */
export type Listed = { readonly subject: string; readonly version: number; readonly id: number | undefined };

/** What of the catalogue is registered, in the catalogue's order. Changes nothing. @throws TransientFailure. */
export const listSchemas = async (
  client: RegistryClient,
  definitions: readonly EventDefinition<never>[],
): Promise<readonly Listed[]> => {
  const listed: Listed[] = [];
  for (const definition of definitions) {
    const subject = registrySubject(definition);
    for (const [index, schema] of definition.schemas.entries()) {
      listed.push({ subject, version: index + 1, id: await client.find(subject, schema) });
    }
  }
  return listed;
};
