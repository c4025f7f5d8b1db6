/** What "latest" compares: effective time, then event id, so that any two events have one order. */
export type Moment = { readonly timeUs: number; readonly id: string };

/** Whether `candidate` comes after `current` (or there is no current one). An equal one does not. */
export const isLater = (candidate: Moment, current: Partial<Moment> | undefined): boolean => {
  if (current?.timeUs === undefined || current.id === undefined) return true;
  if (candidate.timeUs !== current.timeUs) return candidate.timeUs > current.timeUs;
  return candidate.id > current.id;
};
