/**
 * Which security events are worth a record. A client that asks as fast as it can must not fill the log, nor the memory
 * of the process that listens: of what one identity does right, the first in a minute is kept; of what one network does
 * wrong, the first five in a minute, and then how many more there were. A caller who was let in and then did wrong is
 * counted by identity, so that no stranger on the same network hides them. Each process counts for itself.
 *
 * Without a clock: every call says what time it is. Minutes are those of the clock on the wall.
 */
import { minuteOfUs } from '@plenum/event';
import { networkOf } from '../attempts/network.ts';
import { storableText } from '../storable.ts';
import type { SecurityEventSeenData, SecurityEventType } from './security-event-seen.ts';

/** Somebody was let in, or was not. */
export type Sighting = {
  readonly type: SecurityEventType;
  /** The identity, where one was made out. */
  readonly userId: string | undefined;
  /** The identity's. */
  readonly organisation: string | undefined;
  readonly address: string;
  readonly userAgent: string | undefined;
  /** The path that was asked for, without its query: there may be secrets in that. */
  readonly resource: string;
  readonly details: Readonly<Record<string, boolean | string | readonly string[]>>;
};

/** An event to record. A count happened in the minute that has ended, and is reported at its end. */
export type Report = { readonly data: SecurityEventSeenData; readonly effectiveTimeUs: number };

export type SecurityThrottle = {
  /** What there is to record now that this was seen, with what was counted in minutes that have ended. */
  see(sighting: Sighting, nowUs: number): readonly Report[];
  /** What was counted in minutes that have ended; call it every few seconds, and with `Infinity` when all ends. */
  due(nowUs: number): readonly Report[];
  /** Sightings, since the beginning, that no record stands for: there were more identities than it remembers. */
  readonly unseen: number;
};

export type ThrottleLimits = {
  /** Failures of one network that are kept one by one in each minute. */
  readonly failuresKept: number;
  /** Identities remembered in one minute; successes of any more are not recorded, their failures by network. */
  readonly identitiesMax: number;
  /** Networks counted apart in one minute; any more are counted together. */
  readonly networksMax: number;
};

export const defaultThrottleLimits: ThrottleLimits = { failuresKept: 5, identitiesMax: 4096, networksMax: 1024 };

/** What one network did wrong in a minute, and what of it was only counted. */
export type Failures = {
  readonly kept: number;
  readonly counted: Readonly<Partial<Record<SecurityEventType, number>>>;
  readonly last: Sighting;
};

/** The rule for one network: the first few are kept, the others are counted. */
export const withFailure = (before: Failures | undefined, sighting: Sighting, keptMax: number): Failures => {
  const { kept, counted } = before ?? { kept: 0, counted: {} };
  return kept < keptMax
    ? { kept: kept + 1, counted, last: sighting }
    : { kept, counted: { ...counted, [sighting.type]: (counted[sighting.type] ?? 0) + 1 }, last: sighting };
};

/** All networks beyond those that are counted apart. No address is called this. */
const elsewhere = 'elsewhere';

export const securityThrottle = (limits: ThrottleLimits = defaultThrottleLimits): SecurityThrottle => {
  let minuteUs = 0;
  let unseen = 0;
  const identities = new Set<string>();
  const networks = new Map<string, Failures>();
  const offenders = new Map<string, Failures>();

  const due = (nowUs: number): readonly Report[] => {
    // A clock that is set back does not begin the minute again.
    if (nowUs < minuteUs + minuteLengthUs) return [];
    const counts = [
      ...networks.entries().map(([network, failures]) => ofNetwork(network, failures)),
      ...offenders.values(),
    ].flatMap((failures) => countOf(failures, minuteUs));
    for (const remembered of [identities, networks, offenders]) remembered.clear();
    minuteUs = Number.isFinite(nowUs) ? minuteOfUs(nowUs) : minuteUs;
    return counts;
  };

  const seeSuccess = (sighting: Sighting): readonly SecurityEventSeenData[] => {
    const identity = sighting.userId ?? sighting.address;
    if (identities.has(identity)) return [];
    if (identities.size >= limits.identitiesMax) {
      unseen += 1;
      return [];
    }
    identities.add(identity);
    return [dataOf(sighting)];
  };

  const seeFailure = (sighting: Sighting): readonly SecurityEventSeenData[] => {
    const { counted, who } = countedBy(sighting);
    const before = counted.get(who);
    const failures = withFailure(before, clipped(sighting), who === elsewhere ? 0 : limits.failuresKept);
    counted.set(who, failures);
    return failures.kept > (before?.kept ?? 0) ? [dataOf(sighting)] : [];
  };

  /** Under whose name a failure counts. One that names an identity without having proved it is its network's. */
  const countedBy = ({ type, userId, address }: Sighting) => {
    const isProved = userId !== undefined && type !== 'authentication_failed';
    if (isProved && (offenders.has(userId) || offenders.size < limits.identitiesMax)) {
      return { counted: offenders, who: userId };
    }
    const own = networkOf(address);
    return { counted: networks, who: networks.has(own) || networks.size < limits.networksMax ? own : elsewhere };
  };

  return {
    see: (sighting, nowUs) => {
      const counts = due(nowUs);
      const kept = sighting.type === 'authentication_success' ? seeSuccess(sighting) : seeFailure(sighting);
      return [...counts, ...kept.map((data) => ({ data, effectiveTimeUs: nowUs }))];
    },
    due,
    get unseen() {
      return unseen;
    },
  };
};

const minuteLengthUs = 60_000_000;

/** Nobody in a network is named for what others in it may have done. */
const ofNetwork = (network: string, { last, ...failures }: Failures): Failures => ({
  ...failures,
  last: {
    ...last,
    userId: undefined,
    organisation: undefined,
    address: network === elsewhere ? elsewhere : last.address,
  },
});

/** One event for all that was counted of one, in the words of the last. */
const countOf = ({ counted, last }: Failures, minuteUs: number): readonly Report[] => {
  const occurrences = Object.values(counted).reduce((sum, count) => sum + count, 0);
  if (occurrences === 0) return [];
  const data: SecurityEventSeenData = {
    ...dataOf(last),
    details: JSON.stringify({ counted }),
    occurrences,
  };
  return [{ data, effectiveTimeUs: minuteUs + minuteLengthUs - 1 }];
};

const dataOf = (sighting: Sighting): SecurityEventSeenData => {
  const { type, userId, organisation, address, userAgent, resource } = clipped(sighting);
  return {
    event_type: type,
    user_id: userId,
    organisation,
    ip_address: address,
    user_agent: userAgent,
    resource,
    action: 'access',
    success: type === 'authentication_success',
    details: JSON.stringify(sighting.details),
    occurrences: 1,
  };
};

/** What a stranger sent takes no more space than this, wherever it is kept. */
const clipped = (sighting: Sighting): Sighting => ({
  ...sighting,
  address: storableText(sighting.address, 64),
  userAgent: sighting.userAgent === undefined ? undefined : storableText(sighting.userAgent, 256),
  resource: storableText(sighting.resource, 256),
});
