/** The port to a broker that keeps the rights of nodes, as Mosquitto's dynamic-security plugin does. Passes `atBrokerContract`. */
import type { BrokerCommand } from './repair.ts';
import type { RightsAtBroker } from './rights-at-broker.ts';

export type NamesAtBroker = { readonly rolenames: readonly string[]; readonly usernames: readonly string[] };

/** Every call rejects, after a few seconds at most, when the broker is away or does not let us ask; what was done then is not known. */
export type AtBroker = {
  /** All that is there. It is read in parts, so what changes meanwhile may be in none of them, or twice. */
  list(): Promise<RightsAtBroker>;
  /** What is there of these, at one moment. */
  get(names: NamesAtBroker): Promise<RightsAtBroker>;
  /** Carries out all of them, in their order. Of each, in the broker's words, why it was not; `undefined` where it was. */
  run(commands: readonly BrokerCommand[]): Promise<readonly (string | undefined)[]>;
};
