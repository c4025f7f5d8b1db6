export { decidedOf, eventsOf, recorded, sentAgain } from './decided-events.ts';
