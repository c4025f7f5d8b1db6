import { type EventDefinition, registrySubject } from '@plenum/event';
import type { RegistryClient } from './registry-client.ts';

export type Registered = { readonly subject: string; readonly version: number; readonly id: number };

/**
 * Registers every version of every event, oldest first, each under its subject with the rule of compatibility. Done
 * at deploy, by a command; never by a process that serves. Again: nothing changes.
 * @throws RegistryRefusal at the first version that breaks its subject's rule; those before it stay registered.
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
