export { type Domain, defineDomain, type Services, type ServicesOf } from './domain.ts';
export { overlap, topicMatcher } from './topic-filter.ts';
export { type DomainTranslator, type Translate, translatorOf } from './translate.ts';
