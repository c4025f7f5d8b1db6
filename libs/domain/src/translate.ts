/** The side of a domain that messages from the world come in by. */
import { type Message, type MessageSubject, type TranslateTools, type Translation, unknownTopic } from '@plenum/event';
import { topicMatcher } from './topic-filter.ts';

export type Translate = {
  /** The MQTT topics that are its own, as filters; a broker is asked for these. No other domain's may overlap with them. */
  readonly filters: readonly string[];
  /** Within them the topics on which events are reported, with `+` for an id: rights of devices are tested on each. */
  readonly topics: readonly string[];
  /** What a message on one of its topics becomes. Pure and total. */
  readonly translate: (message: Message, tools: TranslateTools) => Translation;
  /** What a message is about that was refused unread. Total. */
  readonly subjectOf: (topic: string) => MessageSubject;
};

/** All domains that messages come in for, as one. */
export type DomainTranslator = Pick<Translate, 'topics' | 'translate' | 'subjectOf'> & {
  /** Everything that any of them understands. */
  readonly filters: readonly string[];
};

/** Asks the domain whose topic it is. What is on a topic of no domain is refused. */
export const translatorOf = (domains: readonly { readonly translate?: Translate }[]): DomainTranslator => {
  const translating = domains.flatMap(({ translate }) => translate ?? []);
  const owners = translating.flatMap((owner) =>
    owner.filters.map((filter) => ({ owner, isOwn: topicMatcher(filter) })),
  );
  const ownerOf = (topic: string): Translate | undefined => owners.find(({ isOwn }) => isOwn(topic))?.owner;
  return {
    filters: translating.flatMap(({ filters }) => filters),
    topics: translating.flatMap(({ topics }) => topics),
    translate: (message, tools) =>
      ownerOf(message.topic)?.translate(message, tools) ?? { outcome: 'quarantine', ...unknownTopic(message.topic) },
    subjectOf: (topic) => ownerOf(topic)?.subjectOf(topic) ?? {},
  };
};
