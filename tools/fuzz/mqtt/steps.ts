/** What happens at the server, step by step: what a failing input is made of, and what is played again. */

export type Step =
  /** A client connects. `halfOpen`: it may be answered after it has ended its own side, as over WebSocket. */
  | { readonly does: 'open'; readonly client: number; readonly halfOpen: boolean }
  | { readonly does: 'send'; readonly client: number; readonly bytes: Uint8Array }
  /** Answers what the server has sent and is not answered yet: as it should be, by refusals, two times, or with wrong ids. */
  | {
      readonly does: 'acknowledge';
      readonly client: number;
      readonly how: 'rightly' | 'refusing' | 'twice' | 'wrongly';
    }
  /** Ends its own side. */
  | { readonly does: 'end'; readonly client: number }
  /** Is gone, as by a reset. */
  | { readonly does: 'destroy'; readonly client: number }
  /** Takes nothing of what the server sends, until it listens again. */
  | { readonly does: 'stall' | 'listen'; readonly client: number }
  | { readonly does: 'pass'; readonly ms: number }
  | { readonly does: 'turn' }
  | { readonly does: 'log'; readonly is: 'held' | 'away' | 'there' }
  | { readonly does: 'store'; readonly is: 'away' | 'there' }
  /** Plenum sends a message to devices. */
  | { readonly does: 'device-message'; readonly topic: string; readonly qos: 1 | 2; readonly expiryMs: number }
  /** Everybody goes, and what the server holds is looked at. */
  | { readonly does: 'settle' };

/** A step in JSON. */
export type WrittenStep = { readonly does: Step['does']; readonly bytes?: string; readonly [more: string]: unknown };

export const written = (step: Step): WrittenStep =>
  step.does === 'send' ? { ...step, bytes: Buffer.from(step.bytes).toString('base64') } : { ...step };

export const readStep = (step: WrittenStep): Step => {
  const bytes = step.bytes === undefined ? {} : { bytes: Buffer.from(step.bytes, 'base64') };
  return { ...step, ...bytes } as Step; // Written by the function above.
};
