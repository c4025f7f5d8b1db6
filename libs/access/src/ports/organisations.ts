/** Commands about organisations, as routes ask for them. */
import type { CommandMetadata } from '@plenum/event';
import type { Handled } from './handled.ts';

export type OrganisationPort = {
  /** The id is chosen: 1 to 63 lower-case letters, digits and hyphens, that no other has. */
  create(id: string, asked: { readonly name: string } & CommandMetadata): Handled;
  rename(id: string, asked: { readonly name: string } & CommandMetadata): Handled;
};
