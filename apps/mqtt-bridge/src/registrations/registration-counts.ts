/** What a bridge counts of the registrations that it publishes. */

/** `left`: the node speaks for itself. `refused`: the broker, or the store, does not take it; it is tried again. */
export const registrationOutcomes = ['published', 'removed', 'left', 'refused'] as const;
export type RegistrationOutcome = (typeof registrationOutcomes)[number];

export type RegistrationCounts = {
  /** Whether this process publishes them: of several one does. */
  readonly keeps: boolean;
  readonly outcomes: Readonly<Record<RegistrationOutcome, number>>;
  /** How often all of them were compared. */
  readonly comparisons: number;
};

export type CountingRegistrations = {
  became(outcome: RegistrationOutcome): void;
  compared(): void;
  counts(): Pick<RegistrationCounts, 'outcomes' | 'comparisons'>;
};

export const countingRegistrations = (): CountingRegistrations => {
  const outcomes = { published: 0, removed: 0, left: 0, refused: 0 };
  let comparisons = 0;
  return {
    became: (outcome) => {
      outcomes[outcome] += 1;
    },
    compared: () => {
      comparisons += 1;
    },
    counts: () => ({ outcomes: { ...outcomes }, comparisons }),
  };
};
