/** What has to be done about a node's registration at a broker. Pure: what is wanted, published and retained is read by the caller. */

/** What was done about it last. `removing`: it is being taken away, or was when the process ended. `left`: it is somebody else's. */
export const publishedStates = ['published', 'left', 'removing', 'removed'] as const;
export type PublishedState = (typeof publishedStates)[number];

export type Published = {
  readonly state: PublishedState;
  /** Of what was wanted then; `undefined`: nothing, the node was removed. */
  readonly digest: string | undefined;
};

/** What is retained on its topic: nothing, what Plenum published, or what somebody else did. `unread`: it was not asked for. */
export type Retained = 'unread' | 'nothing' | 'others' | { readonly ours: string };

export type Situation = {
  /** The digest of the registration that is wanted; `undefined`: the node is not ours any more. */
  readonly wanted: string | undefined;
  /** `undefined`: nothing was ever done about it, or it was and the process ended before that was remembered. */
  readonly published: Published | undefined;
  readonly retained: Retained;
  /** The node has registered since it was last decided about. */
  readonly hasSpokenSince: boolean;
};

export type Decision =
  /** It has to be known first what is retained. */
  | { readonly do: 'look' }
  | { readonly do: 'publish' }
  | { readonly do: 'remove' }
  /** Nothing at the broker; from now on this is how it stands. */
  | { readonly do: 'remember'; readonly state: PublishedState };

/**
 * Asked when something was decided about the node since `published`. Who spoke last is heard: what was said once is not said again, and
 * what a node says of itself is neither overwritten nor removed. A process that ended too early may have published what is not in
 * `published`, so it has to be looked where that makes a difference.
 */
export const registrationDecision = ({ wanted, published, retained, hasSpokenSince }: Situation): Decision => {
  if (wanted === undefined) return removal(published, retained);
  const wasSaid = published?.digest === wanted;
  if (!wasSaid && !hasSpokenSince) return { do: 'publish' };
  if (retained === 'unread') return { do: 'look' };
  if (wasSaid) {
    const isOlder = typeof retained === 'object' && retained.ours !== wanted;
    return isOlder ? { do: 'publish' } : { do: 'remember', state: published.state };
  }
  return retained === 'others' ? { do: 'remember', state: 'left' } : { do: 'publish' };
};

const removal = (published: Published | undefined, retained: Retained): Decision => {
  if (retained === 'unread') return { do: 'look' };
  if (typeof retained === 'object') return { do: 'remove' };
  const isGone = retained === 'nothing' && published?.state === 'removing';
  return { do: 'remember', state: isGone ? 'removed' : 'left' };
};
