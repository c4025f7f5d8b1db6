/** What comes for a client while it is still sent what it missed: kept for it, so that nothing comes between the two. */
import type { StreamKind } from '@plenum/domain';
import type { Event } from '@plenum/event';
import type { LiveClient } from './live-client.ts';

export type Held = {
  keep(kind: StreamKind, event: Event, frame: Uint8Array): void;
  /** Pushes what was kept and may still be read, and says how much that was; `undefined` where it was too much to keep. */
  release(client: LiveClient): number | undefined;
};

export const heldFrames = (bytesMax: number): Held => {
  let frames: { readonly kind: StreamKind; readonly event: Event; readonly frame: Uint8Array }[] = [];
  let bytes = 0;
  return {
    keep: (kind, event, frame) => {
      bytes += frame.length;
      if (bytes <= bytesMax) frames.push({ kind, event, frame });
      else frames = [];
    },
    release: (client) => {
      if (bytes > bytesMax) return undefined;
      const readable = frames.filter(({ kind, event }) => client.mayRead(kind, event));
      for (const { frame } of readable) client.push(frame);
      return readable.length;
    },
  };
};
