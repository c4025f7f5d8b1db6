/** A clock that every process of a machine reads the same, in milliseconds and parts of them. */
export const nowMs = (): number => performance.timeOrigin + performance.now();
