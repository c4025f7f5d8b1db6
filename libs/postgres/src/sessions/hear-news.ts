/** Hears what other servers do, and looks up what did not fit into their news. */
import type { Logger, SessionNews } from '@plenum/runtime';
import type pg from 'pg';
import { listenTo } from '../listen.ts';
import { askOf } from './ask.ts';
import { newsChannel, newsIn } from './news.ts';
import { readRetainedOn } from './retained.ts';

export type HeardSessions = {
  onNews(listener: (news: SessionNews) => void): () => void;
  close(): Promise<void>;
};

export type HearParts = { readonly pool: pg.Pool; readonly owner: string; readonly logger: Logger };

/** Settles when it hears: what is done from then on is news. */
export const hearNews = async ({ pool, owner, logger }: HearParts): Promise<HeardSessions> => {
  const listeners = new Set<(news: SessionNews) => void>();
  const tell = (news: SessionNews): void => {
    for (const listener of [...listeners]) listener(news);
  };
  let looking: Promise<void> = Promise.resolve();
  const lookUp = async (topics: readonly string[]): Promise<void> => {
    try {
      const found = new Map((await readRetainedOn(askOf(pool), topics)).map((message) => [message.topic, message]));
      for (const topic of topics) tell({ news: 'retained', topic, message: found.get(topic) });
    } catch (error) {
      // A server that hears of a gap reads everything anew, and tries that again until it succeeds.
      logger.warn({ reason: String(error) }, 'retained messages could not be looked up');
      tell({ news: 'gap' });
    }
  };
  const hear = (payload: string): void => {
    const { lost, topics, gap } = newsIn(payload, owner);
    for (const news of lost) tell(news);
    if (gap) tell({ news: 'gap' });
    // One after the other: the last one finds what is retained in the end.
    if (topics.length > 0) looking = looking.then(() => lookUp(topics));
  };
  const first = Promise.withResolvers<void>();
  let begun = 0;
  const listening = listenTo({
    ...{ pool, channel: newsChannel, logger, hear },
    begun: () => {
      begun += 1;
      if (begun > 1) tell({ news: 'gap' });
      first.resolve();
    },
  });
  await first.promise;
  return {
    onNews: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close: async () => {
      listeners.clear();
      await listening.close();
      await looking;
    },
  };
};
