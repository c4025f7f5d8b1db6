/** Things that are ready at different times and go ahead in the order in which they came. */
import type { Waiting } from './state.ts';

export const goAhead = (waiting: Waiting[]): void => {
  let gone = 0;
  while (waiting[gone]?.ready === true) {
    waiting[gone]?.go();
    gone += 1;
  }
  waiting.splice(0, gone);
};
