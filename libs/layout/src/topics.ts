import { defineTopic } from '@plenum/event';

export const layoutDecisionsTopic = defineTopic({
  name: 'plenum.layout.decisions',
  about: 'Ceiling projects and calculations: what was decided about them.',
  keyedBy: 'id of the project, or of the calculation that belongs to none',
  holds: 'decisions',
});
